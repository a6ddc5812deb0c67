namespace Wink.Client;

/// <summary>
/// The client ID that an application has just before its rotation is sent. Every outcome is judged by it, so it is read again when it is
/// not fresh, as the last thing before sending.
/// </summary>
internal sealed class Baseline(
    AccountReader account, OwnApplication own, KnownApplications known, TimeProvider time)
{
    /// <summary>In longer than this, somebody else may have rotated the application.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(5);

    private const int MaxReads = 2;

    /// <summary>
    /// Whether a reading can be relied on: it is at most 5 s old, this process did not rotate the application since, and it does not lag
    /// behind a rotation of this process.
    /// </summary>
    public bool IsFresh(ApplicationReference application, ClientIdReading reading) =>
        IsInTime(reading) && !known.WasSentSince(application, reading.ReadAt) &&
        !known.IsReplaced(application, reading.ClientId);

    /// <summary>Whether a rotation may still be sent that is judged by this reading: it is at most 5 s old.</summary>
    public bool IsInTime(ClientIdReading reading) => time.GetElapsedTime(reading.ReadAt) <= LongestAge;

    /// <summary>A reading that can be relied on: the last one, or a new one; null where the application cannot be read.</summary>
    /// <param name="job">The rotation.</param>
    /// <param name="last">The last reading, or null.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="WinkPreconditionException">Wink says that the application is not there.</exception>
    public async Task<ClientIdReading?> ReadAsync(RotationJob job, ClientIdReading? last, CancellationToken cancellationToken)
    {
        if (!job.Parameters.MayRead)
            return null;

        var reading = last is not null && IsFresh(job.Application, last)
            ? last
            : await ReadAgainAsync(job, cancellationToken).ConfigureAwait(false);
        known.Add(job.Application, reading?.ClientId);
        return reading;
    }

    /// <summary>The condition that does not hold, so that the rotation must not be sent; null where all hold.</summary>
    /// <param name="job">The rotation.</param>
    /// <param name="reading">The client ID as it is now; null where it cannot be read.</param>
    public WinkPreconditionException? FindUnmetCondition(RotationJob job, ClientIdReading? reading)
    {
        var (application, parameters, _) = job;
        if (parameters.ExpectedClientId is { } expected && reading?.Is(expected) is not true)
            return Unexpected(expected, reading);

        // The person agreed to the revocation of what was shown. Somebody may have rotated the application since.
        if (parameters is { MustBeUnchanged: true, Reading: { } shown } && reading?.Is(shown.ClientId) is false)
        {
            return new WinkPreconditionException(
                RotationPrecondition.ChangedClientId,
                $"Its client ID was {TerminalText.OneLine(shown.ClientId)} when you were asked, and is " +
                $"{TerminalText.OneLine(reading.ClientId)} now.");
        }

        // The look-up may have failed, so that it could not be told before.
        return !parameters.MayBeOwn && reading is not null && own.Is(application, reading.ClientId)
            ? new WinkPreconditionException(RotationPrecondition.OwnApplication, "This session is signed in as it.")
            : null;
    }

    private static WinkPreconditionException Unexpected(string expected, ClientIdReading? reading) => new(
        RotationPrecondition.UnexpectedClientId,
        reading is null
            ? "Its client ID could not be read."
            : $"Its client ID is {TerminalText.OneLine(reading.ClientId)}, not {TerminalText.OneLine(expected)}.");

    private async Task<ClientIdReading?> ReadAgainAsync(RotationJob job, CancellationToken cancellationToken)
    {
        var (application, parameters, progress) = job;
        try
        {
            for (var reads = 1; ; reads++)
            {
                var description = await account.ReadApplicationAsync(
                    application, parameters.MaximumWait, progress, cancellationToken).ConfigureAwait(false);
                var reading = ClientIdReading.Of(application, description);
                // A slow response, or one from a cache or a server that lags, may be too old; the next one need not be.
                if (reading is null || reads == MaxReads || IsFresh(application, reading))
                    return reading is not null && IsFresh(application, reading) ? reading : null;
            }
        }
        catch (WinkApiException failure) when (failure.IsNotFound)
        {
            throw new WinkPreconditionException(RotationPrecondition.ApplicationNotFound, failure.Message, failure);
        }
        catch (WinkException)
        {
            // The token may lack the right to read, which does not prevent a rotation.
            return null;
        }
    }
}
