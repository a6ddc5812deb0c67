using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Rotates without an outage: of two applications that take turns, the one that is not in use.</summary>
/// <remarks>
/// <para>
/// Wink revokes the old credentials of an application immediately, so whatever uses them fails until it has the new ones. Two applications
/// with the same rights avoid that: consumers read one secret, which holds the credentials of one of them. This command rotates the other
/// one, verifies its new credentials, and only then saves them. The application in use is never touched: consumers that read the secret
/// later use the new credentials, and the others go on with the old ones.
/// </para>
/// <para>
/// Run it again later than the slowest consumer reads the secret again: then it switches back, and the credentials that were in use before
/// are revoked.
/// </para>
/// <para>
/// It fits applications that sign in with client credentials, and consumers that read the secret again from time to time or when they are
/// refused. It does not fit where something is bound to one client ID, as a redirect address that users return to, or an allow list.
/// </para>
/// <para>
/// Nothing is sent, and the error SwitchRefused says why, when neither or both applications have the client ID of -CurrentCredential, when
/// IAM refuses it, when their owners or sets of scopes differ or cannot be read, or while this process holds newer credentials of the two
/// that are not in use, or while this session is signed in as the standby application: connect with -CurrentCredential then. A lost
/// response costs nothing: run it again, and the standby application is rotated once more.
/// </para>
/// <para>
/// To revoke credentials that leaked, switch twice: the first switch puts the other ones into use, the second one revokes those that
/// leaked. Wait between the two until all consumers have read the secret again.
/// </para>
/// <note>-CurrentCredential is what the secret holds now: read it from there just before, as with Get-Secret.</note>
/// </remarks>
/// <parameter name="WhatIf">
/// <summary>Shows which application would be rotated. Both are read for it; nothing is rotated.</summary>
/// </parameter>
/// <parameter name="Confirm">
/// <summary>Asks before the rotation. That is the default; give -Confirm:$false where nobody is there to answer.</summary>
/// <value>True</value>
/// </parameter>
/// <returns>The rotation of the standby application, with its new credentials.</returns>
/// <example>
/// <title>Switch, and save in a vault</title>
/// <code>
/// $current = Get-Secret wink-booking
/// Switch-WinkCredential travel-tech booking-a, booking-b -CurrentCredential $current -SaveWith { Set-Secret wink-booking $_.Credential }
/// </code>
/// <para>The one of the two that $current does not belong to is rotated, verified and saved. Whoever still uses $current can go on.</para>
/// </example>
/// <example>
/// <title>Which one would be rotated?</title>
/// <code>Switch-WinkCredential travel-tech booking-a, booking-b -CurrentCredential (Get-Secret wink-booking) -WhatIf</code>
/// <para>Names the standby application and the one in use.</para>
/// </example>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso cref="GetWinkCredentialRotationCommand"/>
/// <seealso cref="TestWinkCredentialCommand"/>
/// <seealso>about_Wink_Rotation</seealso>
[Cmdlet(VerbsCommon.Switch, "WinkCredential", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CredentialRotation))]
public sealed class SwitchWinkCredentialCommand : ConnectedCmdlet
{
    private RotationBatch? _batch;

    /// <summary>The id of the managing entity that owns both applications.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string ManagingEntityId { get; set; } = "";

    /// <summary>The ids of the two applications, in any order.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateCount(2, 2)]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string[] ApplicationId { get; set; } = [];

    /// <summary>The credentials that consumers use now, as the secret holds them. Its application is not touched.</summary>
    [Parameter(Mandatory = true)]
    [CurrentCredentialTransformation]
    public PSCredential? CurrentCredential { get; set; }

    /// <summary>
    /// Saves the new credentials, once IAM accepts them: a script block with the rotation as $_, such as
    /// { Set-Secret wink-booking $_.Credential }. What counts as saved, the help of Invoke-WinkCredentialRotation says. Otherwise the error
    /// RotationNotSaved follows the object, whose property Saved is false; consumers go on with the credentials in use.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ValidateSaveBlock]
    public ScriptBlock? SaveWith { get; set; }

    /// <summary>
    /// A folder of the file system for an encrypted copy of the new credentials, written through to the disk before they are returned. When
    /// its file cannot be made, nothing is sent. Goes with -EscrowCertificate.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EscrowPath { get; set; }

    /// <summary>
    /// The certificate that the copy is encrypted to, or the path of its file, as in Invoke-WinkCredentialRotation.
    /// </summary>
    [Parameter]
    [CertificateTransformation]
    public X509Certificate2? EscrowCertificate { get; set; }

    /// <summary>
    /// The longest time, in seconds, that is waited at once when Wink's rate limit is reached (429). Where Wink asks for a longer one,
    /// nothing is rotated, or the rotation ends as RotationRejected.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int MaximumWaitSec { get; set; } = 600;

    private TimeSpan MaximumWait => TimeSpan.FromSeconds(MaximumWaitSec);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if ((EscrowPath is null) != (EscrowCertificate is null))
            ThrowTerminatingError(WinkErrors.InvalidArgument("-EscrowPath and -EscrowCertificate go together: give both or neither."));

        if (CurrentCredential is not { } current)
            return;

        try
        {
            var (one, other) = (Reference(0), Reference(1));
            if (string.Equals(one.ApplicationId, other.ApplicationId, StringComparison.OrdinalIgnoreCase))
            {
                WriteErrorNow(WinkErrors.SwitchRefused(ApplicationId, "they are the same application"));
                return;
            }

            StandbyPair? pair = null;
            Run(async (progress, cancellation) => pair = await FindPairAsync(one, other, current, progress, cancellation));
            if (pair is { } found)
                Rotate(one.ApplicationId == found.Standby.Id ? one : other, found);
        }
        catch (ArgumentException invalid)
        {
            WriteErrorNow(WinkErrors.InvalidArgument(invalid, ApplicationId));
        }
        catch (WinkException failure)
        {
            WriteErrorNow(WinkErrors.SwitchRefused(
                ApplicationId, $"an application could not be read, or IAM did not tell ({failure.Message.TrimEnd('.')})"));
        }
    }

    private ApplicationReference Reference(int index) => new(ManagingEntityId, ApplicationId[index]);

    private async Task<StandbyPair?> FindPairAsync(
        ApplicationReference one,
        ApplicationReference other,
        PSCredential current,
        IProgress<WinkEvent> progress,
        CancellationToken cancellation)
    {
        var pair = StandbyPair.Find(
            await ReadAsync(one, progress, cancellation),
            await ReadAsync(other, progress, cancellation),
            current.UserName,
            out var problem);
        problem ??= ProblemInHistory(one, other, current);
        if (pair is { Standby: { Id: { } id, ClientId: { } clientId } } &&
            Live.Client.IsOwn(new ApplicationReference(ManagingEntityId, id), clientId) is true)
        {
            problem ??= $"this session is signed in as the standby, application {id}: connect with -CurrentCredential, and switch then";
        }

        if (problem is null)
        {
            var credential = new ClientCredential(current.UserName, current.Password);
            if (!await Live.Client.TestCredentialAsync(credential, progress, cancellation))
                problem = "IAM refuses -CurrentCredential";
        }

        if (problem is null)
            return pair;

        Output.WriteOrDeferError(WinkErrors.SwitchRefused(ApplicationId, problem));
        return null;
    }

    /// <summary>An application as its description counts: with the id that was asked for.</summary>
    private async Task<Application> ReadAsync(
        ApplicationReference reference, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        var application = await Live.Client.GetApplicationAsync(reference, MaximumWait, progress, cancellation);
        return ClientIdReading.Of(reference, application) is null
            ? new Application { Id = reference.ApplicationId }
            : application with { Id = reference.ApplicationId };
    }

    private string? ProblemInHistory(ApplicationReference one, ApplicationReference other, PSCredential current)
    {
        var newest = Live.HistoriesFor(RotationHistory.OfRunspace)
            .SelectMany(history => history.Rotations)
            .Where(rotation => rotation.Doubt is null && Is(rotation, one, other))
            .MaxBy(rotation => rotation.RotatedAt);
        return newest is null || ClientIdReading.AreSame(newest.ClientId, current.UserName) ? null
            : $"this process holds newer credentials, of application {newest.ApplicationId} (client ID " +
                $"{TerminalText.OneLine(newest.ClientId)}), " +
                (newest.Saved is true ? "which were saved, and -CurrentCredential is not those" : "which may not be saved yet");
    }

    private static bool Is(CredentialRotation rotation, ApplicationReference one, ApplicationReference other) =>
        string.Equals(rotation.ApplicationId, one.ApplicationId, StringComparison.OrdinalIgnoreCase) ||
        string.Equals(rotation.ApplicationId, other.ApplicationId, StringComparison.OrdinalIgnoreCase);

    private void Rotate(ApplicationReference standby, StandbyPair pair)
    {
        var options = new RotationOptions(Live, RotationHistory.OfRunspace)
        {
            ExpectedClientId = pair.Standby.ClientId,
            PromptNote = $" It is the standby of application {pair.InUse.Id}, which is in use and is not touched.",
            Verify = true,
            SaveVerifiedOnly = true,
            Save = SaveWith is null ? null : new SaveBlock(SaveWith, this, Output, Live.Client.RemoveSecrets),
            MaximumWait = MaximumWait,
            Escrow = EscrowPath is not null && EscrowCertificate is not null
                ? new EscrowFolder(SessionState.Path, EscrowPath, EscrowCertificate)
                : null,
        };
        _batch = new RotationBatch(options, Context, Output);
        _batch.Add(new RotationInput(standby));
        _batch.End();
    }

    private protected override void ExplainWait() => _batch?.ExplainWait();

    private protected override void OnDisposed() => _batch?.Dispose();
}
