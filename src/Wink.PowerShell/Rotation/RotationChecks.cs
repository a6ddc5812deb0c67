using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The conditions of one rotation that are known before it is sent. Each check writes an error where its condition does not hold, and says
/// so by false. Just before sending, the client checks once more what may have changed since.
/// </summary>
/// <param name="input">The application.</param>
/// <param name="options">What the person asked for.</param>
/// <param name="stopRule">Tells whether another rotation may be sent.</param>
/// <param name="output">The pipeline's streams and the host.</param>
internal sealed class RotationChecks(RotationInput input, RotationOptions options, StopRule stopRule, PipelineOutput output)
{
    private readonly ApplicationReference _reference = input.Reference;

    /// <summary>Whether the batch still sends.</summary>
    public bool CheckMaySend()
    {
        if (stopRule.MaySend)
            return true;

        WriteNotAttempted();
        return false;
    }

    /// <summary>
    /// Writes the error for an application that was not attempted. Where the person ended the batch, none needs to say so.
    /// </summary>
    public void WriteNotAttempted()
    {
        if (stopRule.Reason is { } reason)
            output.WriteOrDeferError(WinkErrors.RotationNotAttempted(input, reason));
    }

    /// <summary>Whether the application has the client IDs of -ExpectedClientId and -CurrentCredential.</summary>
    /// <param name="application">The application as it was looked up.</param>
    public bool CheckClientId(Application application)
    {
        var found = ClientIdReading.Of(_reference, application);
        if (options.ExpectedClientId is { } expected && found?.Is(expected) is not true)
            return Refuse(WinkErrors.UnexpectedClientId(_reference, expected, TerminalText.OneLine(application.ClientId)));

        return input.Current is not { } current || found?.Is(current.UserName) is true || Refuse(found is null
            ? WinkErrors.CurrentCredentialUntested(_reference, "the client ID of the application could not be read")
            : WinkErrors.CurrentCredentialRefused(
                _reference,
                $"the application has client ID {TerminalText.OneLine(found.ClientId)}, and -CurrentCredential has " +
                $"{TerminalText.OneLine(current.UserName)}"));
    }

    /// <summary>Whether the application may be rotated, if it is the one that is signed in.</summary>
    /// <param name="isOwn">Whether the session is signed in as it; null where this cannot be told.</param>
    public bool CheckIncluded(bool? isOwn) =>
        isOwn is not true || options.IncludeSelf || Refuse(WinkErrors.OwnApplication(_reference));

    /// <summary>Whether no other command of this process is rotating the application.</summary>
    /// <param name="entry">What entering it gave; null where another one has entered it.</param>
    public bool CheckEntered(IDisposable? entry) => entry is not null || Refuse(WinkErrors.RotationInProgress(_reference));

    /// <summary>Whether IAM accepts -CurrentCredential.</summary>
    public async Task<bool> CheckCurrentCredentialAsync()
    {
        if (input.Current is not { } current)
            return true;

        try
        {
            var credential = new ClientCredential(current.UserName, current.Password);
            return await options.Connection.Client.TestCredentialAsync(credential, output.Events, stopRule.NoMoreSends) ||
                Refuse(WinkErrors.CurrentCredentialRefused(_reference, "IAM refuses -CurrentCredential"));
        }
        catch (WinkException failure)
        {
            return Refuse(WinkErrors.CurrentCredentialUntested(
                _reference, $"IAM did not tell whether it accepts -CurrentCredential ({failure.Message.TrimEnd('.')})"));
        }
        catch (ObjectDisposedException)
        {
            return Refuse(WinkErrors.CurrentCredentialUntested(_reference, "the password of -CurrentCredential was disposed"));
        }
        catch (OperationCanceledException) when (!stopRule.MaySend)
        {
            return CheckMaySend();
        }
    }

    private bool Refuse(ErrorRecord error)
    {
        output.WriteOrDeferError(error);
        return false;
    }
}
