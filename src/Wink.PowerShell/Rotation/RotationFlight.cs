using System.Management.Automation;
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

    /// <summary>Credentials that came, but could not be taken for those of this application; null where none came.</summary>
    public CredentialRotation? Doubtful { get; private set; }

    /// <summary>Sends, keeps, verifies.</summary>
    /// <exception cref="RotationOutcomeException">There is no new pair.</exception>
    /// <exception cref="OperationCanceledException">It was given up before Wink acted.</exception>
    public async Task<CredentialRotation> RunAsync(IProgress<WinkEvent> progress, CancellationToken cancellationToken)
    {
        using (escrow)
        {
            var rotation = Keep(await SendAsync(progress, cancellationToken).ConfigureAwait(false));
            if (verify)
                await VerifyAsync(rotation, progress, cancellationToken).ConfigureAwait(false);

            return rotation;
        }
    }

    private async Task<CredentialRotation> SendAsync(IProgress<WinkEvent> progress, CancellationToken cancellationToken)
    {
        try
        {
            var rotated = await _client.RotateCredentialsAsync(reference, before.ClientId, progress, cancellationToken).ConfigureAwait(false);
            return new CredentialRotation(
                reference.ApplicationId, reference.ManagingEntityId, Credential(rotated), rotated.RotatedAt, before.Name, before.ClientId);
        }
        catch (RotationOutcomeException failure) when (failure.Received is { } received)
        {
            // This may be the only copy: whoever they belong to may need them.
            Doubtful = Keep(new CredentialRotation(
                received.ResponseApplicationId ?? "",
                reference.ManagingEntityId,
                Credential(received),
                received.RotatedAt,
                doubt: $"The response to the rotation of {reference}: {received.Doubt}.")
            {
                RequestedFor = reference.ApplicationId,
            });
            throw;
        }
    }

    /// <summary>Keeps the credentials in the history, and in escrow. A failure of the escrow is told later: the credentials themselves are at hand.</summary>
    private CredentialRotation Keep(CredentialRotation rotation)
    {
        connection.Keep(rotation, runspaceHistory);
        try
        {
            escrow?.Fill(rotation);
            rotation.EscrowFile = escrow?.Path;
        }
        catch (Exception failure)
        {
            // Whatever it is, the new credentials are at hand and must come out.
            rotation.EscrowFailure = failure;
        }

        return rotation;
    }

    private static PSCredential Credential(RotatedCredential rotated) => new(rotated.Credential.ClientId, rotated.Credential.Secret);

    private async Task VerifyAsync(CredentialRotation rotation, IProgress<WinkEvent> progress, CancellationToken cancellationToken)
    {
        var credential = new ClientCredential(rotation.Credential.UserName, rotation.Credential.Password);
        try
        {
            rotation.Verified = await _client.VerifyCredentialAsync(credential, progress, cancellationToken).ConfigureAwait(false);
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
