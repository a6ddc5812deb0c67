using System.Management.Automation;
using System.Security.Cryptography;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Keeps a new pair before it goes out: on the connection, and in escrow where that was asked for.</summary>
internal sealed class RotationKeeper(RotationRecord record, EscrowFile? escrow)
{
    /// <summary>Keeps it. A failure of the escrow is told later: the pair itself is at hand.</summary>
    public CredentialRotation Keep(ApplicationReference reference, Application before, RotatedCredential rotated)
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
        record.Keep(rotation);
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
}
