namespace Wink.Client;

/// <summary>A rotation was not sent, since a condition for it does not hold.</summary>
public sealed class WinkPreconditionException : WinkException
{
    internal WinkPreconditionException(RotationPrecondition precondition, string message, Exception? inner = null) : base(message, inner) =>
        Precondition = precondition;

    /// <summary>The condition that does not hold.</summary>
    public RotationPrecondition Precondition { get; }
}
