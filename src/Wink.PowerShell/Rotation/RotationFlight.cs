using System.Management.Automation;
using System.Security.Cryptography;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>One rotation from its sending to the new pair: whatever happens to the pipeline meanwhile, the pair is kept.</summary>
/// <param name="connection">The connection that it is sent over.</param>
/// <param name="runspaceHistory">The history of the runspace that asked for it.</param>
/// <param name="reference">The application.</param>
/// <param name="before">The application as it was looked at.</param>
/// <param name="escrow">The place for an encrypted copy, if one was asked for.</param>
/// <param name="verify">Whether IAM is to be asked for a token with the new pair.</param>
internal sealed class RotationFlight(
    WinkConnection connection, RotationHistory runspaceHistory, ApplicationReference reference, Application before, EscrowFile? escrow, bool verify)
{
    private readonly WinkClient _client = connection.Client!;

    /// <summary>Sends, keeps, verifies.</summary>
    /// <exception cref="RotationOutcomeException">There is no new pair.</exception>
    /// <exception cref="OperationCanceledException">It was given up before Wink acted.</exception>
    public async Task<CredentialRotation> RunAsync(IProgress<WinkEvent> log, CancellationToken cancellationToken)
    {
        using (escrow)
        {
            var rotated = await _client.RotateCredentialsAsync(reference, before.ClientId, log, cancellationToken).ConfigureAwait(false);
            var rotation = Keep(rotated);
            if (verify)
                await VerifyAsync(rotation, log, cancellationToken).ConfigureAwait(false);

            return rotation;
        }
    }

    /// <summary>Keeps the credentials in the history, and in escrow. A failure of the escrow is told later: the credentials themselves are at hand.</summary>
    private CredentialRotation Keep(RotatedCredential rotated)
    {
        var rotation = new CredentialRotation(
            reference.ApplicationId,
            reference.ManagingEntityId,
            new PSCredential(rotated.Credential.ClientId, rotated.Credential.Secret),
            rotated.RotatedAt,
            before.Name,
            before.ClientId)
        {
            AnsweredApplicationId = rotated.AnsweredApplicationId,
        };
        connection.Keep(rotation, runspaceHistory);
        try
        {
            escrow?.Fill(rotation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            rotation.EscrowFailure = failure;
        }

        return rotation;
    }

    private async Task VerifyAsync(CredentialRotation rotation, IProgress<WinkEvent> log, CancellationToken cancellationToken)
    {
        var pair = new ClientCredential(rotation.Credential.UserName, rotation.Credential.Password);
        try
        {
            rotation.Verified = await _client.VerifyCredentialAsync(pair, log, cancellationToken).ConfigureAwait(false);
        }
        catch (WinkException failure)
        {
            rotation.VerificationFailure = failure;
        }
        catch (OperationCanceledException)
        {
            // The pair is good as it is, and nobody waits for more.
        }
    }
}
