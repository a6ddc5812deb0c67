namespace Wink.Client;

/// <summary>A request got no complete response.</summary>
public sealed class WinkTransportException : WinkException
{
    internal WinkTransportException(TransportFailure failure, Uri target, string message, Exception? inner = null) : base(message, inner)
    {
        Failure = failure;
        Target = target;
    }

    /// <summary>The step at which it failed.</summary>
    public TransportFailure Failure { get; }

    /// <summary>The scheme, host and port of the request.</summary>
    public Uri Target { get; }
}
