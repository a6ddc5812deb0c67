namespace Wink.PowerShell.HostTests;

/// <summary>What a person does, in turn, after they have connected in a first runspace.</summary>
public sealed record HistorySchedule(params IReadOnlyList<HistoryStep> Steps)
{
    public override string ToString() => string.Join(
        Environment.NewLine,
        ["A person connects in a runspace.", .. Steps.Select(step => $"- {Sentence(step)}"), $"new HistorySchedule({Arguments})"]);

    private string Arguments => string.Join(", ", Steps.Select(step => $"HistoryStep.{step}"));

    private static string Sentence(HistoryStep step) => step switch
    {
        HistoryStep.Rotate => "They rotate.",
        HistoryStep.RotateOverFirstConnection => "They rotate over the first connection.",
        HistoryStep.ConnectAgain => "They connect again.",
        HistoryStep.Disconnect => "They disconnect.",
        HistoryStep.GoToNewRunspace => "They go on in a new runspace.",
        _ => "They go back to the first runspace.",
    };
}
