using System.Management.Automation;
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
/// response costs nothing: run it again, and the standby application is rotated once more. After the error RotationNotConfirmed wait some
/// minutes first: that request may still take effect, and would revoke what the next switch saves.
/// </para>
/// <para>
/// -SaveWith runs only after IAM accepts the new credentials. Where it fails, consumers go on with the credentials in use.
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
public sealed class SwitchWinkCredentialCommand : RotationCmdlet
{
    /// <summary>The id of the managing entity that owns both applications.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [TextTransformation]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string ManagingEntityId { get; set; } = "";

    /// <summary>The ids of the two applications, in any order.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [TextListTransformation]
    [ValidateCount(2, 2)]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string[] ApplicationId { get; set; } = [];

    /// <summary>The credentials that consumers use now, as the secret holds them. Its application is not touched.</summary>
    [Parameter(Mandatory = true)]
    [CurrentCredentialTransformation]
    public PSCredential? CurrentCredential { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (CurrentCredential is not { } current)
            return;

        try
        {
            var (one, other) = (Reference(0), Reference(1));
            if (one.HasId(other.ApplicationId))
            {
                WriteErrorNow(WinkErrors.SwitchRefused(
                    ApplicationId,
                    new SwitchProblem("they are the same application", "Give the ids of two applications that take turns.")));
                return;
            }

            var options = NewOptions();
            var finder = new StandbyFinder(Live, options.History, current, options.MaximumWait);
            (SwitchPlan? Plan, SwitchProblem? Problem) found = default;
            Run(async (progress, cancellation) => found = await finder.FindAsync(one, other, progress, cancellation));
            if (found.Plan is { } plan)
                Rotate(one.HasId(plan.Standby.Id) ? one : other, plan, options);
            else if (found.Problem is { } problem)
                WriteErrorNow(WinkErrors.SwitchRefused(ApplicationId, problem));
        }
        catch (ArgumentException invalid)
        {
            WriteErrorNow(WinkErrors.InvalidArgument(invalid, ApplicationId));
        }
        catch (ObjectDisposedException)
        {
            var disposed = new ArgumentException("The password of -CurrentCredential was disposed. Nothing was sent.");
            WriteErrorNow(WinkErrors.InvalidArgument(disposed, ApplicationId));
        }
        catch (WinkException failure)
        {
            WriteErrorNow(WinkErrors.SwitchRefused(
                ApplicationId, $"an application could not be read, or IAM did not tell ({failure.Message.TrimEnd('.')})", failure));
        }
    }

    private ApplicationReference Reference(int index) => new(ManagingEntityId, ApplicationId[index]) { ApiUri = Live.Endpoints.Api };

    private void Rotate(ApplicationReference standby, SwitchPlan plan, RotationOptions options)
    {
        var batch = BeginBatch(options with
        {
            ExpectedClientId = plan.Standby.ClientId,
            InUse = plan.InUse,
            Verify = true,
            SaveVerifiedOnly = true,
        });
        batch.Add(new RotationInput(standby));
        batch.End();
    }
}
