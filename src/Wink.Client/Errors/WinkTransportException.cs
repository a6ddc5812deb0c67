namespace Wink.Client;

/// <summary>A request got no whole answer.</summary>
public sealed class WinkTransportException : WinkException
{
    internal WinkTransportException(TransportFailure failure, Uri target, string message, Exception? inner = null) : base(message, inner)
    {
        Failure = failure;
        Target = target;
    }

    /// <summary>Where on the way it failed.</summary>
    public TransportFailure Failure { get; }

    /// <summary>The scheme, host and port that were asked.</summary>
    public Uri Target { get; }
}
