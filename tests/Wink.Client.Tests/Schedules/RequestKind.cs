namespace Wink.Client.Tests;

/// <summary>What a request of the client asks for.</summary>
public enum RequestKind
{
    Rotation,
    Read,
    Token,
}
