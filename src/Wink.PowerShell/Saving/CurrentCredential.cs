using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// The credentials that -CurrentCredential gives: what the vault holds now. They must be the application's, and IAM must accept them;
/// otherwise nothing is sent.
/// </summary>
/// <param name="input">The application.</param>
/// <param name="options">What the person asked for.</param>
/// <param name="output">The pipeline's streams and the host.</param>
internal sealed class CurrentCredential(RotationInput input, RotationOptions options, PipelineOutput output)
{
    /// <summary>Whether the application has their client ID. True where no credentials are given.</summary>
    /// <param name="found">The application's client ID; null where it could not be read.</param>
    public bool Is(ClientIdReading? found)
    {
        if (input.Current is not { } current || found?.Is(current.UserName) is true)
            return true;

        output.WriteOrDeferError(found is null
            ? WinkErrors.CurrentCredentialUntested(input.Reference, "the client ID of the application could not be read")
            : WinkErrors.CurrentCredentialRefused(
                input.Reference,
                $"the application has client ID {TerminalText.OneLine(found.ClientId)}, and -CurrentCredential has " +
                $"{TerminalText.OneLine(current.UserName)}"));
        return false;
    }

    /// <summary>Whether IAM accepts them. True where no credentials are given.</summary>
    public async Task<bool> IsAcceptedAsync()
    {
        if (input.Current is not { } current)
            return true;

        try
        {
            var credential = new ClientCredential(current.UserName, current.Password);
            if (await options.Connection.Client.TestCredentialAsync(credential, output, output.Stopping))
                return true;

            output.WriteOrDeferError(WinkErrors.CurrentCredentialRefused(input.Reference, "IAM refuses -CurrentCredential"));
        }
        catch (WinkException failure)
        {
            output.WriteOrDeferError(WinkErrors.CurrentCredentialUntested(
                input.Reference, $"IAM did not tell whether it accepts -CurrentCredential ({failure.Message.TrimEnd('.')})"));
        }
        catch (OperationCanceledException) when (output.IsStopping)
        {
            // Nothing was sent, and nothing is.
        }

        return false;
    }

    /// <summary>Saves them once, so that a vault that cannot be written shows while they are still valid.</summary>
    /// <param name="application">The application as it was looked up.</param>
    /// <returns>False when they could not be saved. True where no rehearsal was asked for.</returns>
    public bool TryRehearse(Application application)
    {
        if (!options.RehearseSave || options.Save is not { } save || input.Current is not { } current)
            return true;

        var rehearsal = new CredentialRotation(
            input.Reference.ApplicationId,
            input.Reference.ManagingEntityId,
            new PSCredential(current.UserName, current.Password.Copy()),
            options.Connection.Time.GetUtcNow().UtcDateTime,
            application.Name,
            isRehearsal: true);
        if (save.Save(rehearsal) is not { } problem)
            return true;

        output.WriteOrDeferError(WinkErrors.SaveUnavailable(input.Reference, problem));
        return false;
    }
}
