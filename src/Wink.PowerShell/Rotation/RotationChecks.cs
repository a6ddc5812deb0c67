using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The conditions of one rotation that are known before it is sent. Each check writes an error where its condition does not hold, and says
/// so by false. Just before sending, the client checks once more what may have changed since.
/// </summary>
/// <param name="scope">What the steps of one rotation share.</param>
internal sealed class RotationChecks(RotationScope scope)
{
    private readonly ApplicationReference _reference = scope.Application;

    /// <summary>Whether the batch still sends.</summary>
    public async Task<bool> CheckMaySendAsync()
    {
        if (scope.StopRule.MaySend)
            return true;

        await WriteNotAttemptedAsync();
        return false;
    }

    /// <summary>
    /// Writes the error for an application that was not attempted. Where the person ended the batch, none needs to say so.
    /// </summary>
    public async Task WriteNotAttemptedAsync()
    {
        try
        {
            // An outcome that is being found out may be the reason, as where the warning of its repeat ended the pipeline.
            await scope.StopRule.Unclear.WaitUntilNoneAsync(scope.Output.Stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (scope.StopRule.Reason is { } reason)
            scope.Output.WriteOrDeferError(WinkErrors.RotationNotAttempted(scope.Input, reason, scope.StopRule.IsNew(reason)));
    }

    /// <summary>Whether the application has the client IDs of -ExpectedClientId and -CurrentCredential.</summary>
    /// <param name="application">The application as it was looked up.</param>
    public bool CheckClientId(Application application)
    {
        var found = ClientIdReading.Of(_reference, application);
        if (scope.Options.ExpectedClientId is { } expected && found?.Is(expected) is not true)
            return Refuse(WinkErrors.UnexpectedClientId(_reference, expected, TerminalText.OneLine(application.ClientId)));

        return scope.Input.Current is not { } current || found?.Is(current.UserName) is true || Refuse(found is null
            ? WinkErrors.CurrentCredentialUntested(_reference, "the client ID of the application could not be read")
            : WinkErrors.CurrentCredentialRefused(
                _reference,
                $"the application has client ID {TerminalText.OneLine(found.ClientId)}, and -CurrentCredential has " +
                $"{TerminalText.OneLine(current.UserName)}"));
    }

    /// <summary>Whether the application may be rotated, if it is the one that is signed in.</summary>
    /// <param name="isOwn">Whether the session is signed in as it; null where this cannot be told.</param>
    public bool CheckIncluded(bool? isOwn) =>
        isOwn is not true || scope.Options.IncludeSelf || Refuse(WinkErrors.OwnApplication(_reference));

    /// <summary>Whether no other command of this process is rotating the application.</summary>
    /// <param name="entry">What entering it gave; null where another one has entered it.</param>
    public bool CheckEntered(IDisposable? entry) => entry is not null || Refuse(WinkErrors.RotationInProgress(_reference));

    /// <summary>Whether IAM accepts -CurrentCredential.</summary>
    public async Task<bool> CheckCurrentCredentialAsync()
    {
        if (scope.Input.Current is not { } current)
            return true;

        try
        {
            var credential = new ClientCredential(current.UserName, current.Password);
            return await scope.Client.TestCredentialAsync(credential, scope.Progress, scope.StopRule.NoMoreSends) ||
                Refuse(WinkErrors.CurrentCredentialRefused(_reference, "IAM refuses -CurrentCredential"));
        }
        catch (WinkException failure)
        {
            return Refuse(WinkErrors.CurrentCredentialUntested(
                _reference, $"IAM did not tell whether it accepts -CurrentCredential ({failure.Message.TrimEnd('.')})"));
        }
        catch (ObjectDisposedException)
        {
            var disposed = new ArgumentException("The password of -CurrentCredential was disposed. Nothing was sent.");
            return Refuse(WinkErrors.InvalidArgument(disposed, _reference));
        }
        catch (OperationCanceledException) when (!scope.StopRule.MaySend)
        {
            return await CheckMaySendAsync();
        }
    }

    private bool Refuse(ErrorRecord error)
    {
        scope.Output.WriteOrDeferError(error);
        return false;
    }
}
