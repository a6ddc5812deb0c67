using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Keeps the credentials that were received for one application, in the histories and in escrow. It never needs the pipeline's thread.
/// </summary>
/// <param name="scope">What the steps of one rotation share.</param>
/// <param name="escrow">The reserved escrow file; null for none.</param>
internal sealed class CredentialKeeper(RotationScope scope, EscrowFile? escrow)
{
    private CredentialRotation? _inHistory;

    /// <summary>The best of the credentials that may not be the application's; null for none.</summary>
    public FinishedRotation? Doubtful { get; private set; }

    private IEnumerable<RotationHistory> Histories => scope.Options.Connection.HistoriesFor(scope.Options.History);

    /// <summary>Keeps new credentials.</summary>
    /// <param name="rotated">The new credentials.</param>
    /// <param name="name">The application's name; null where it could not be read.</param>
    public FinishedRotation Keep(RotatedCredential rotated, string? name) => Keep(
        new CredentialRotation(
            scope.Application.ApplicationId,
            scope.Application.ManagingEntityId,
            Credential(rotated),
            rotated.RotatedAt,
            name,
            rotated.PreviousClientId,
            apiUri: scope.Options.Connection.Endpoints.Api),
        escrow);

    /// <summary>Keeps credentials that may not be the application's. Escrow has room for the first ones, which are the best.</summary>
    public void KeepDoubtful(RotatedCredential doubtful)
    {
        var kept = Keep(
            new CredentialRotation(
                doubtful.ResponseApplicationId ?? "",
                scope.Application.ManagingEntityId,
                Credential(doubtful),
                doubtful.RotatedAt,
                doubt: $"The response to the rotation of {scope.Application}: {doubtful.Doubt}.",
                apiUri: scope.Options.Connection.Endpoints.Api)
            {
                RequestedFor = scope.Application.ApplicationId,
            },
            Doubtful is null ? escrow : null);
        Doubtful ??= kept;
    }

    /// <summary>Keeps what became known of a rotation after it was kept.</summary>
    /// <param name="kept">The rotation as it was kept.</param>
    /// <param name="update">Makes the same rotation with what became known.</param>
    public FinishedRotation Update(FinishedRotation kept, Func<CredentialRotation, CredentialRotation> update)
    {
        if (kept.Rotation is not { } rotation)
            return kept;

        if (_inHistory is { } old)
        {
            _inHistory = update(old);
            foreach (var history in Histories)
                history.Replace(old, _inHistory);
        }

        return kept with { Rotation = update(rotation) };
    }

    /// <summary>Closes the escrow file: nothing more is received.</summary>
    public void CloseEscrow() => escrow?.Dispose();

    private static PSCredential Credential(RotatedCredential rotated) => new(rotated.Credential.ClientId, rotated.Credential.Secret);

    private FinishedRotation Keep(CredentialRotation rotation, EscrowFile? file)
    {
        try
        {
            // A copy: the script that gets this object may dispose its secret.
            _inHistory = rotation.Copy();
            foreach (var history in Histories)
                history.Keep(_inHistory);
        }
        catch (Exception)
        {
            // Whatever it is, as that there is no memory: escrow may still have room, and so may the pipeline.
        }

        try
        {
            file?.Fill(rotation);
            return new FinishedRotation { Rotation = rotation, EscrowFile = file?.Path };
        }
        catch (Exception failure)
        {
            // For any exception: the credentials were received and must be written to the pipeline. The failure is reported after them.
            return new FinishedRotation { Rotation = rotation, EscrowFailure = failure };
        }
    }
}
