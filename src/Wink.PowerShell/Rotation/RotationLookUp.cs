using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Looks an application up before its rotation, for the prompt and for the checks that need no request of their own.</summary>
/// <param name="scope">What the steps of one rotation share.</param>
internal sealed class RotationLookUp(RotationScope scope)
{
    private readonly ApplicationReference _reference = scope.Application;
    private readonly WinkClient _client = scope.Client;

    /// <summary>Why the application could not be read, in words; null where it was read, or was not to be.</summary>
    public string? Problem { get; private set; }

    /// <summary>
    /// Reads the application's name and client ID; one without either where it cannot be read, since the token may lack the right to. Null
    /// where Wink says that it is not there.
    /// </summary>
    public Task<Application?> ReadAsync() => ReadAsync(scope.Input.Object);

    /// <summary>
    /// The same application, or the one that a new look-up finds where it was looked up long ago: what a prompt says must be true.
    /// </summary>
    /// <param name="found">What was looked up before.</param>
    public async Task<Application?> ReadAgainIfOldAsync(Application found) =>
        ClientIdReading.Of(_reference, found) is { } reading && !_client.IsFresh(_reference, reading)
            ? await ReadAsync(known: null)
            : found;

    /// <summary>Whether this is the application that is signed in; null where this cannot be told.</summary>
    public bool? IsOwn(Application application)
    {
        if (ClientIdReading.Of(_reference, application) is { } reading)
            return _client.IsOwn(_reference, reading.ClientId);

        // However old a piped object is: if it has the client ID that is signed in, it is that application.
        return scope.Input.Object is { ClientId: { } clientId } known && _reference.HasId(known.ApplicationId) &&
            _client.IsOwn(_reference, clientId) is true
            ? true
            : null;
    }

    /// <summary>A read that lags behind a rotation of this process shows a client ID that is revoked.</summary>
    public Application WithoutReplacedClientId(Application application) =>
        application.ClientId is { } clientId && _client.IsReplaced(_reference, clientId)
            ? application with { ClientId = null }
            : application;

    private async Task<Application?> ReadAsync(WinkApplication? known)
    {
        if (known is not null && known.IsFresh(_reference, scope.Options.Connection))
            return known.Description;

        if (scope.Options.SkipLookup || !scope.StopRule.MaySend)
            return new Application();

        try
        {
            var application = await _client.GetApplicationAsync(
                _reference, scope.Options.MaximumWait, scope.Progress, scope.StopRule.NoMoreSends);
            if (ClientIdReading.Of(_reference, application) is not null)
                return application;

            Problem = "its description is that of another application, or has no client ID";
            scope.Output.WriteVerbose($"The description of {_reference} is that of another application, or it has no client ID.");
        }
        catch (WinkApiException failure) when (failure.IsNotFound)
        {
            scope.Output.WriteOrDeferError(WinkErrors.ApplicationNotFound(_reference, failure));
            return null;
        }
        catch (WinkException failure)
        {
            Problem = failure.Message.TrimEnd('.');
            scope.Output.WriteVerbose($"The name and client ID of {_reference} could not be read: {failure.Message}");
        }
        catch (OperationCanceledException) when (!scope.StopRule.MaySend)
        {
            // No rotation is sent any more, so the look-up is not needed.
        }

        return new Application();
    }
}
