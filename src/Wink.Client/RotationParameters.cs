namespace Wink.Client;

/// <summary>What the caller knows of an application and wants of its rotation.</summary>
public sealed record RotationParameters
{
    /// <summary>
    /// The application's client ID as it was read over this connection; null where it was not read. An old reading is not relied on: the
    /// client ID is read again.
    /// </summary>
    public ClientIdReading? Reading { get; init; }

    /// <summary>
    /// True when the application must still have the client ID of <see cref="Reading"/> just before the rotation is sent: a person was
    /// shown that one. Unlike with <see cref="ExpectedClientId"/>, it is sent, too, where the client ID cannot be read.
    /// </summary>
    public bool MustBeUnchanged { get; init; }

    /// <summary>
    /// False where the application is not to be read. Then an unclear outcome stays unknown, and the rotation is never repeated.
    /// </summary>
    public bool MayRead { get; init; } = true;

    /// <summary>
    /// What <see cref="WinkClient.TryEnter"/> returned, where the caller holds that longer than the rotation. Without it, the application
    /// is entered for the rotation.
    /// </summary>
    public IDisposable? Entry { get; init; }

    /// <summary>False where the application that is signed in is not to be rotated: then it is not sent.</summary>
    public bool MayBeOwn { get; init; } = true;

    /// <summary>The client ID that the application must have just before the rotation is sent; null for any.</summary>
    public string? ExpectedClientId { get; init; }

    /// <summary>
    /// Where the application is the standby of two that take turns: the client ID of the one that is in use. A later switch knows by it
    /// whether that has been rotated since.
    /// </summary>
    public string? ClientIdInUse { get; init; }

    /// <summary>
    /// The valid credentials, where the caller has them. Where the application cannot be read after an unclear outcome, IAM tells whether
    /// they were revoked.
    /// </summary>
    public ClientCredential? CurrentCredential { get; init; }

    /// <summary>
    /// Is awaited after each wait for the rate limit, unless the rotation is repeated: much may have happened to others meanwhile. Null for
    /// nothing.
    /// </summary>
    public Func<CancellationToken, Task>? WaitBeforeResend { get; init; }

    /// <summary>
    /// Is called when the response does not tell the outcome, before it is found out. It may be called again after a repeat, and must not
    /// throw.
    /// </summary>
    public Action? OnUnclear { get; init; }

    /// <summary>The longest time that is waited at once when Wink's rate limit is reached (429).</summary>
    public TimeSpan MaximumWait { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>
    /// Is given credentials that were received but are in doubt, the best first, before the application is read to settle it: that may take
    /// some seconds, and this may be the only copy. It must not throw.
    /// </summary>
    public Action<RotatedCredential>? KeepDoubtful { get; init; }

    /// <summary>
    /// Is asked before a rotation whose secret was lost is repeated; false means that it is not. Without it, the lost secret is only
    /// reported.
    /// </summary>
    public Func<RepeatAnnounced, Task<bool>>? BeforeRepeat { get; init; }

    /// <summary>
    /// Is cancelled when no rotation may be sent any more. It does not shorten the reads that tell the outcome of one that was sent.
    /// </summary>
    public CancellationToken NoMoreSends { get; init; }
}
