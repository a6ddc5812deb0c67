namespace Wink.Client.Tests;

/// <summary>What the client is given for each attempt of a schedule.</summary>
public enum Circumstance
{
    Plain,
    ReadBefore,
    Expected,
    CurrentCredential,
    NoRead,
    OwnApplication,
}
