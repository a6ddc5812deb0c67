using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Makes new credentials for a Wink application; the old ones are revoked immediately.</summary>
/// <remarks>
/// <para>
/// Rotates the credentials of an application. Wink revokes the old credentials immediately and shows the new secret exactly once, so the
/// request is sent at most once: nothing on this machine retries it when a connection is lost.
/// </para>
/// <para>
/// Before it asks for confirmation, the application is read for its name, its client ID and its owner. Where Wink says that it is not
/// there, that is an error ApplicationNotFound: nobody is asked, and nothing is sent. Where it cannot be read for another reason, the
/// prompt does without.
/// </para>
/// <para>
/// The outcome is judged by the client ID that the application has just before the request is sent. One that was read more than five
/// seconds ago is read again, also after the prompt and after each wait for Wink. -ExpectedClientId is compared with that one. When that
/// read shows another client ID than the person was asked about, nothing is sent: the error UnexpectedClientId says so. When it has changed
/// after Wink refused a request (401, 429), it is not sent again, and the rotation ends as RotationSecretLost. While another command of
/// this process rotates the same application, the error is RotationInProgress, and nothing is sent.
/// </para>
/// <para>
/// Where no usable response comes back, the client ID is read again, over some seconds, and tells whether the credentials changed. If they
/// did, and the response was lost, was a 5xx or could not be used, the application is rotated once more, at most twice, with a warning
/// before each time. This rests on one assumption: nobody else rotated the application between the read just before the request and the
/// read that shows the change, which is at most ten seconds, so that nobody has the new secret.
/// </para>
/// <para>
/// A rotation is not repeated when that time was longer, or when another read shows yet another client ID; after a timeout, a redirect, a
/// 4xx status, or a response that came from a cache or names another application; when this process received the credentials that are
/// valid now; with -ExpectedClientId, -CurrentCredential or -SkipLookup; for the application that this session is signed in as; after
/// Ctrl+C, and once the pipeline sends nothing more. A repeat without an effect is not repeated either. Nor is a rotation repeated where
/// PowerShell ends the pipeline at the warning, as with -WarningAction Stop, or asks about it and nobody agrees.
/// </para>
/// <para>
/// New credentials are kept before they are written: Get-WinkCredentialRotation returns them, also when the pipeline was stopped while the
/// response was on its way.
/// </para>
/// <para>
/// The application that this session is signed in as is rotated only with -IncludeSelf: last, after all others, and then the session
/// continues with the new credentials. Otherwise it is an error OwnApplication, and nothing is sent for it. With an access token, or where
/// the application cannot be read, it cannot be told which one that is, and the prompt says so.
/// </para>
/// <para>
/// Each failure is an error that says how the rotation ended. RotationNotSent: no request that Wink could act on left this machine; it is
/// safe to run it again. RotationRejected: Wink refused. The application is read once to see whether anything changed all the same; the
/// error says when the client ID was still the same, or that this was not checked. RotationNotConfirmed: it was sent, no usable response
/// came back, and no effect was seen over some seconds. It may still take effect: wait some minutes and look again before you rotate again.
/// RotationSecretLost: the credentials were changed, by this rotation or by another one, and this one received no new secret. If nobody
/// else rotated the application, run it again; if somebody did, that would revoke theirs. RotationOutcomeUnknown: it was sent, no usable
/// response came back, and the client ID could not be compared; the old credentials may be revoked. Or the response brought credentials
/// that are not this application's, as when a gateway mixes up responses: they are kept, also in escrow, and Get-WinkCredentialRotation
/// -IncludeDoubtful returns them; their property Doubt says why. The exception is a Wink.Client.RotationOutcomeException with the property
/// Outcome.
/// </para>
/// <para>
/// Many applications come by the pipeline, and -ThrottleLimit lets several be in flight. Each is as safe as one alone. No more are sent
/// after the first outcome that costs credentials, may still cost them, or could not keep them: RotationOutcomeUnknown, RotationSecretLost,
/// RotationNotConfirmed, RotationNotSaved, EscrowFailed, and with -Verify credentials that IAM refuses. With -SaveWith or -Verify, the
/// first one is saved and verified before any other is sent. What is in flight is finished, and each application that was not attempted is
/// an error RotationNotAttempted with the application as its target. One that waits for Wink's rate limit then is not sent again and ends
/// as RotationRejected. The same application is rotated once only in a pipeline, whichever managing entity it is listed under; the second
/// time is an error RotationRepeated. With -ErrorAction Stop, what is in flight is finished and written before the error ends the pipeline.
/// So it is with the preference Inquire, and at a warning with -Debug, where nobody can answer the question: then the error
/// InquiryUnavailable ends the pipeline.
/// </para>
/// <para>
/// Each finished rotation, good or bad, is one record on the information stream, with the tags Wink and Rotation: when, who is signed in,
/// the application, the outcome, the client IDs, and whether they were saved; no secret. 6>> to a file makes an audit trail of readable
/// lines. After Ctrl+C there is none: PowerShell has closed the streams then.
/// </para>
/// <para>
/// What the block of -SaveWith writes to its streams is shown without the secret. What it writes to the host itself, as by Out-Host or
/// -WhatIf, is not read. A transcript is another matter: PowerShell itself records there each
/// error that is thrown, before anybody can clean it. So let the block throw nothing that quotes a secret.
/// </para>
/// <note>Keep the result in a variable: Wink never shows the secret again.</note>
/// <note>
/// After RotationOutcomeUnknown, find out before you rotate again: try the old credentials with Test-WinkCredential. If they are refused,
/// and nobody else rotated the application, the new secret is lost, and one more rotation makes credentials that work.
/// </note>
/// </remarks>
/// <parameter name="WhatIf">
/// <summary>Shows what would be rotated, and rotates nothing. The application is read for it, unless -SkipLookup is given.</summary>
/// </parameter>
/// <parameter name="Confirm">
/// <summary>
/// Asks before each rotation. That is the default, since a rotation cannot be undone; give -Confirm:$false where nobody is there to
/// answer. Then each application is read just before it is rotated.
/// </summary>
/// <value>True</value>
/// </parameter>
/// <input cref="WinkApplication"/>
/// <input cref="object">Any object with the properties ManagingEntityId and ApplicationId (or Id), or an application's id as text.</input>
/// <returns>
/// One for each rotation: ApplicationId, ApplicationName, ManagingEntityId, Credential (a PSCredential with the new ones), ClientId,
/// PreviousClientId, RotatedAt (UTC), Saved, Verified and Doubt.
/// </returns>
/// <example>
/// <title>See what would happen</title>
/// <code>Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId booking-engine -WhatIf</code>
/// <para>Names the application, its client ID and the environment. Nothing is rotated.</para>
/// </example>
/// <example>
/// <title>Rotate and store the new credentials</title>
/// <code>
/// $rotation = Invoke-WinkCredentialRotation -ManagingEntityId travel-tech -ApplicationId booking-engine
/// $rotation.Credential | Set-Secret -Name wink-booking-engine -ErrorAction Stop
/// </code>
/// <para>
/// Asks for confirmation, rotates, and stores the new credentials with SecretManagement. With -ErrorAction Stop a vault that fails stops
/// the script.
/// </para>
/// </example>
/// <example>
/// <title>Save in a vault, and see first whether that works</title>
/// <code>
/// $current = Get-Secret wink-booking-engine
/// $save = { Set-Secret wink-booking-engine $_.Credential }
/// Invoke-WinkCredentialRotation travel-tech booking-engine -CurrentCredential $current -SaveWith $save -RehearseSave
/// </code>
/// <para>
/// Nothing is sent unless the vault holds the valid credentials and can be written. The new ones are in the vault before the object is
/// written to the pipeline.
/// </para>
/// </example>
/// <example>
/// <title>Rotate unattended and act on the outcome</title>
/// <code>
/// try {
///     $rotation = Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -ErrorAction Stop
/// }
/// catch [Wink.Client.RotationOutcomeException] {
///     "The rotation ended as $($_.Exception.Outcome). $_"
/// }
/// </code>
/// <para>With -Confirm:$false nobody is asked. The outcome says what is known of the old credentials.</para>
/// </example>
/// <example>
/// <title>Rotate what a file lists</title>
/// <code>
/// Import-Csv apps.csv | Invoke-WinkCredentialRotation -ThrottleLimit 16 -Confirm:$false -OutVariable rotations -ErrorVariable failed
/// $rest = $failed | Where-Object FullyQualifiedErrorId -Like RotationNotAttempted* | ForEach-Object TargetObject
/// $rest | Invoke-WinkCredentialRotation -ThrottleLimit 16 -Confirm:$false
/// </code>
/// <para>
/// The file has the columns ManagingEntityId and ApplicationId. Up to 16 rotations are in flight at a time; one that fails does not stop
/// the others, unless it is one that no other should follow.
/// </para>
/// <para>The other lines rotate what was not attempted then, once it is found out what became of the one that stopped them.</para>
/// </example>
/// <example>
/// <title>Keep an encrypted copy of the new credentials</title>
/// <code>
/// Invoke-WinkCredentialRotation travel-tech booking-engine -EscrowPath /var/escrow -EscrowCertificate escrow.cer
/// $newest = Get-ChildItem /var/escrow/wink-booking-engine-????????T*.cms | Select-Object -Last 1
/// Unprotect-CmsMessage -LiteralPath $newest.FullName | ConvertFrom-Json
/// </code>
/// <para>
/// The last two lines are for the machine that has the private key. The copy is there even when this process is killed right after the
/// response.
/// </para>
/// </example>
/// <seealso cref="ConnectWinkCommand"/>
/// <seealso cref="GetWinkConnectionCommand"/>
/// <seealso cref="GetWinkCredentialRotationCommand"/>
/// <seealso cref="TestWinkCredentialCommand"/>
/// <seealso>about_Wink_Rotation</seealso>
[Cmdlet(VerbsLifecycle.Invoke, "WinkCredentialRotation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CredentialRotation))]
public sealed class InvokeWinkCredentialRotationCommand : RotationCmdlet
{
    private const string ById = "Id";
    private const string ByObject = "InputObject";

    private RotationBatch? _batch;
    private bool _isCurrentGivenOnce;
    private bool _hasAdded;

    /// <summary>The id of the managing entity that owns the application: letters, digits, dot, underscore, tilde and hyphen.</summary>
    [Parameter(ParameterSetName = ById, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [TextTransformation]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string ManagingEntityId { get; set; } = "";

    /// <summary>
    /// The id of the application, or several: letters, digits, dot, underscore, tilde and hyphen. Ids may also come by the pipeline, as
    /// text. Put an id that looks like a number in quotation marks: PowerShell makes 7 of 007, so a number is refused.
    /// </summary>
    [Parameter(
        ParameterSetName = ById, Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [TextListTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string[] ApplicationId { get; set; } = [];

    /// <summary>
    /// The applications, as Get-WinkApplication returned them. One that was read over this connection within the last five seconds is not
    /// read again.
    /// </summary>
    [Parameter(ParameterSetName = ByObject, Mandatory = true, ValueFromPipeline = true)]
    [ApplicationListTransformation]
    public WinkApplication[]? InputObject { get; set; }

    /// <summary>
    /// The address of the API that the application is at: a property of the objects that this module returns. Where the connection is to
    /// another one, nothing is sent: the same ids may name another application there. On the command line it holds for all that is piped.
    /// </summary>
    [Parameter(ParameterSetName = ById, ValueFromPipelineByPropertyName = true)]
#pragma warning disable CA1056 // As text: a property that PowerShell cannot convert to an address is bound as if it were not there.
    public string? ApiUri { get; set; }
#pragma warning restore CA1056

    /// <summary>
    /// The client ID that the application must have, as it was read at most five seconds before the rotation is sent. When it has
    /// another one, or when that cannot be read, nothing is sent. With it, a rotation is never repeated.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClientIdCompleter))]
    public string? ExpectedClientId { get; set; }

    /// <summary>
    /// The credentials that are used now, as the vault holds them: for one application, or as a property of each piped object. Their client
    /// ID must be the one that the application has just before the rotation is sent, and IAM must accept them. Otherwise nothing is sent,
    /// and the error CurrentCredentialRefused says why. Where the outcome is unclear and the application cannot be read, IAM tells by them
    /// what happened. With it, a rotation is never repeated.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CurrentCredentialTransformation]
    [ValidateNotNull]
    public PSCredential? CurrentCredential { get; set; }

    /// <summary>
    /// Runs -SaveWith once with -CurrentCredential before the rotation is sent: a vault that is locked or cannot be written shows while the
    /// old credentials still work. Then nothing is sent, and the error SaveUnavailable says why. In the block, $_.IsRehearsal is true.
    /// </summary>
    [Parameter]
    public SwitchParameter RehearseSave { get; set; }

    /// <summary>
    /// Also rotates the application that this session is signed in as. Otherwise it is an error OwnApplication, and nothing is sent for it.
    /// It is rotated last, after all others, and is never repeated; then this session continues with the new credentials. Whatever else
    /// signs in with the old ones fails until it has the new ones.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeSelf { get; set; }

    /// <summary>
    /// Does not read the application, neither before the rotation nor to find out its outcome. For a token that may not read it. A rotation
    /// whose response is lost then ends as RotationOutcomeUnknown and is never repeated. It cannot be told whether the application is the
    /// one that this session is signed in as, unless Get-WinkApplication wrote it into the pipeline within the last five seconds.
    /// </summary>
    [Parameter]
    public SwitchParameter SkipLookup { get; set; }

    /// <summary>
    /// Obtains a token with the new credentials before they are returned, trying for up to 30 seconds. The result is in the property
    /// Verified; where they could not be verified, an error says so after the object. Where IAM refuses them, no more rotations are sent.
    /// </summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>
    /// How many rotations may be in flight at a time, from 1 to 256. With 1, each is finished before the next application is taken from the
    /// pipeline. With more, results come in the order in which they are ready; questions are still asked one by one, in the order of the
    /// input, and a progress bar shows how far it is.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 1;

    private RotationBatch Batch => _batch ?? throw new InvalidOperationException("BeginProcessing makes the batch.");

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (SkipLookup && (ExpectedClientId is not null || MyInvocation.BoundParameters.ContainsKey(nameof(CurrentCredential))))
        {
            ThrowTerminatingError(WinkErrors.InvalidArgument(
                "-ExpectedClientId and -CurrentCredential need the look-up that -SkipLookup leaves out."));
        }

        if (RehearseSave && SaveWith is null)
            ThrowTerminatingError(WinkErrors.InvalidArgument("-RehearseSave needs -SaveWith."));

        _isCurrentGivenOnce = MyInvocation.BoundParameters.ContainsKey(nameof(CurrentCredential));

        _batch = BeginBatch(NewOptions() with
        {
            ExpectedClientId = ExpectedClientId,
            IncludeSelf = IncludeSelf,
            SkipLookup = SkipLookup,
            AsksFirst = AsksFirst(),
            Verify = Verify,
            RehearseSave = RehearseSave,
            ThrottleLimit = ThrottleLimit,
        });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var application in InputObject ?? [])
            Rotate(application.ManagingEntityId, application.ApplicationId, application);

        foreach (var id in InputObject is null ? ApplicationId : [])
            Rotate(ManagingEntityId, id, application: null);
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Batch.End();

    private void Rotate(string managingEntityId, string id, WinkApplication? application)
    {
        try
        {
            var reference = new ApplicationReference(managingEntityId, id) { Name = application?.Name, ApiUri = Live.Endpoints.Api };
            var api = application is null ? ApiUri : application.ApiUri?.OriginalString;
            // A CSV file without a value in that column gives an empty one.
            if (!string.IsNullOrEmpty(api) && !IsOfConnection(api))
            {
                throw new ArgumentException(
                    $"{id} is an application of '{TerminalText.OneLine(api)}', and this connection is to {Live}. Nothing was sent for it.");
            }

            Batch.Add(new RotationInput(reference, application, Current(id)));
        }
        catch (ArgumentException invalid)
        {
            Batch.Refuse(WinkErrors.InvalidArgument(invalid, id));
        }

        if (ThrottleLimit == 1 || Output.HasDeferredError)
            Batch.RunToEnd();
        else
            Batch.RunPending();
    }

    /// <exception cref="ArgumentException">The credentials are missing, or they are those of another application.</exception>
    private PSCredential? Current(string id)
    {
        if (_isCurrentGivenOnce && _hasAdded)
        {
            throw new ArgumentException(
                $"-CurrentCredential was given for one application, and {id} is another one. Nothing was sent for it: give the " +
                "piped objects a property CurrentCredential.");
        }

        if (RehearseSave && CurrentCredential is null)
            throw new ArgumentException($"-RehearseSave needs -CurrentCredential. Nothing was sent for {id}.");

        if (SkipLookup && CurrentCredential is not null)
            throw new ArgumentException($"-CurrentCredential needs the look-up. Nothing was sent for {id}.");

        if (ExpectedClientId is { } expected && CurrentCredential is { } given && !ClientIdReading.AreSame(expected, given.UserName))
            throw new ArgumentException($"-ExpectedClientId and -CurrentCredential differ. Nothing was sent for {id}.");

        _hasAdded = true;
        return CurrentCredential;
    }

    private bool IsOfConnection(string api) =>
        Uri.TryCreate(api, UriKind.Absolute, out var address) && address.Authority == Live.Endpoints.Api.Authority;

    /// <summary>PowerShell does not tell before it asks.</summary>
    private bool AsksFirst() => MyInvocation.BoundParameters.TryGetValue("Confirm", out var confirm)
        ? confirm is SwitchParameter { IsPresent: true }
        : MyInvocation.BoundParameters.ContainsKey("WhatIf") ||
            LanguagePrimitives.TryConvertTo<ConfirmImpact>(GetVariableValue("ConfirmPreference"), out var preference) &&
            preference != ConfirmImpact.None;
}
