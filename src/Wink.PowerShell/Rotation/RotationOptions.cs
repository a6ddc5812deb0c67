using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The options of all rotations of one pipeline.</summary>
/// <param name="Connection">The connection that they are sent over.</param>
/// <param name="History">The history of the runspace that asks for them.</param>
internal sealed record RotationOptions(LiveConnection Connection, RotationHistory History)
{
    /// <summary>The client ID that is signed in when the command begins: a rotation of the own application changes it.</summary>
    public string? SignedInAs { get; } = Connection.Client.ClientId;

    /// <summary>The client ID that an application must have now; null for any.</summary>
    public string? ExpectedClientId { get; init; }

    /// <summary>Whether the application that is signed in may be rotated.</summary>
    public bool IncludeSelf { get; init; }

    /// <summary>Whether nothing is read: neither before the rotation nor to find out its outcome.</summary>
    public bool SkipLookup { get; init; }

    /// <summary>Whether a person is asked before each rotation. Then applications are looked up ahead.</summary>
    public bool AsksFirst { get; init; } = true;

    /// <summary>For a switch: the application in use, which is not the one that is rotated. Null otherwise.</summary>
    public Application? InUse { get; init; }

    /// <summary>Whether IAM is asked for a token with the new credentials.</summary>
    public bool Verify { get; init; }

    /// <summary>Saves the new credentials; null for nothing to save them with.</summary>
    public SaveBlock? Save { get; init; }

    /// <summary>Whether the current credentials are saved once before the rotation, to see whether saving works.</summary>
    public bool RehearseSave { get; init; }

    /// <summary>Whether credentials are verified before they are saved, and saved only if IAM accepts them.</summary>
    public bool SaveVerifiedOnly { get; init; }

    /// <summary>Where encrypted copies of the new credentials are written; null for no copies.</summary>
    public EscrowFolder? Escrow { get; init; }

    /// <summary>The longest time that is waited at once when Wink's rate limit is reached.</summary>
    public TimeSpan MaximumWait { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>How many may be looked up ahead, and how many may be in flight.</summary>
    public int ThrottleLimit { get; init; } = 1;

    /// <summary>Whether the first rotation has to be saved and verified before others are sent.</summary>
    public bool IsFirstAlone => Save is not null || Verify;

    /// <summary>Whether new credentials were saved and verified, as far as the person asked for it.</summary>
    public bool IsProven(FinishedRotation finished) => finished.SaveProblem is null && (!Verify || finished.Rotation?.Verified is true);

    /// <summary>Where a person finds new credentials that are nowhere else.</summary>
    public string WhereKept => Connection.WasMadeIn(History)
        ? "Get-WinkCredentialRotation, as long as this runspace lives"
        : "Get-WinkCredentialRotation in the runspace that connected, or with -Connection in any other";
}
