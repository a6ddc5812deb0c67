namespace Wink.PowerShell.HostTests;

/// <summary>What a person does in the runspace that they are in.</summary>
public enum HistoryStep
{
    Rotate,
    RotateOverFirstConnection,
    ConnectAgain,
    Disconnect,
    GoToNewRunspace,
    GoBack,
}
