namespace Wink.Client;

/// <summary>A failure of something that Wink was asked for. Its message never contains a secret, a token or a body.</summary>
public abstract class WinkException : Exception
{
    private protected WinkException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
