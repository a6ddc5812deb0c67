namespace Wink.Client;

/// <summary>The connection was ended: its credentials are removed, and nothing more is sent over it.</summary>
public sealed class WinkSignedOutException : WinkException
{
    internal WinkSignedOutException() : base("The connection was ended, so nothing more is sent over it.")
    {
    }
}
