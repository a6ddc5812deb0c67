namespace Wink.Client;

/// <summary>Something about Wink went wrong. Its message never holds a secret, a token or a body.</summary>
public abstract class WinkException : Exception
{
    private protected WinkException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
