using System.Management.Automation;
using System.Management.Automation.Language;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Builds every error record: an id, a category, the application as target, and a message of two lines: what happened, and what to do now.
/// </summary>
internal static class WinkErrors
{
    private const string UnexpectedClientIdAdvice =
        "This command changed nothing. Somebody may have rotated the application before you: find out who has its credentials before you " +
        "rotate it again.";

    public static ErrorRecord NotConnected(WinkConnection? connection)
    {
        var (message, advice) = connection switch
        {
            null => ("This runspace is not connected to Wink.", "Run Connect-Wink first, or give a connection with -Connection."),
            { Live: null } => (
                $"The connection to {connection} is only a description, so nothing can be sent over it.",
                "Make one with Connect-Wink -PassThru."),
            _ => ($"The connection to {connection} was ended by Disconnect-Wink.", "Run Connect-Wink again."),
        };
        return Record(new InvalidOperationException(message), "NotConnected", ErrorCategory.ConnectionError, connection, advice);
    }

    public static ErrorRecord InvalidArgument(string message) => InvalidArgument(new ArgumentException(message), null);

    public static ErrorRecord InvalidArgument(ArgumentException invalid, object? target) => Record(
        invalid, "InvalidArgument", ErrorCategory.InvalidArgument, target,
        target is string text && !ResourceIdentifier.IsValid(text)
            ? $"To search by name, use Get-WinkApplication '{TerminalText.OneLine(text)}'."
            : null);

    public static ErrorRecord SignInFailed(WinkException failure, WinkClientOptions options)
    {
        var (id, advice) = failure switch
        {
            WinkSignInException { Error: "invalid_client" } => ("CredentialRefused",
                "Check the client ID, the secret and the environment. After a rotation only the newest credentials work."),
            WinkSignInException { Error: "invalid_scope" } => ("ScopeNotGranted",
                "Ask for fewer scopes with -Scope, or have the application registered for these at Wink."),
            WinkSignInException => ("SignInFailed",
                $"Check that {options.Endpoints.Iam} is Wink's IAM; if it is, run Connect-Wink again later."),
            _ => ("IamUnreachable", RecommendedActions.For(failure)),
        };
        return Record(failure, id, ErrorCategories.Of(failure), options.Credential?.ClientId, $"You are not connected. {advice}");
    }

    /// <param name="failure">How it ended.</param>
    /// <param name="finished">What was kept of it.</param>
    /// <param name="isRehearsed">Whether the current credentials were saved before it.</param>
    /// <param name="isStandby">Whether another application is in use, so that nothing fails meanwhile.</param>
    public static ErrorRecord RotationFailed(
        RotationOutcomeException failure, FinishedRotation finished, bool isRehearsed, bool isStandby)
    {
        var error = RotationFailed(failure, finished, isRehearsed);
        if (isStandby && failure.Outcome != RotationOutcome.NotSent)
        {
            error.ErrorDetails = new ErrorDetails(
                $"{error.ErrorDetails.Message} The application in use was not touched: its credentials are as they were.");
        }

        return error;
    }

    private static ErrorRecord RotationFailed(RotationOutcomeException failure, FinishedRotation finished, bool isRehearsed)
    {
        // After a lost secret, an unmet condition only prevented the repeat.
        if (failure is { Outcome: RotationOutcome.NotSent, InnerException: WinkPreconditionException unmet })
        {
            return finished.Current is not null && unmet.Precondition == RotationPrecondition.UnexpectedClientId
                ? CurrentCredentialRefused(
                    failure.Application, $"{char.ToLowerInvariant(unmet.Message[0])}{unmet.Message[1..].TrimEnd('.')}", isRehearsed)
                : Precondition(failure, unmet);
        }

        if (finished.Rotation is { } doubtful)
            return RotationDoubtful(failure, doubtful, finished.EscrowFile);

        var cause = failure.InnerException as WinkException;
        return Record(failure, IdOf(failure.Outcome), ErrorCategories.Of(cause), failure.Application, failure.Outcome switch
        {
            RotationOutcome.NotSent => $"This command changed nothing. {RecommendedActions.For(cause)}",
            RotationOutcome.Rejected when failure.ClientId is not null =>
                $"The old credentials were still valid then. {RecommendedActions.ForRejected(cause)}",
            RotationOutcome.Rejected =>
                $"Nothing suggests that anything changed; Test-WinkCredential tells whether the old credentials are valid. " +
                RecommendedActions.ForRejected(cause),
            RotationOutcome.NotConfirmed =>
                "The old credentials were still valid then, but the request may still take effect. Wait some minutes and look again, " +
                "with Test-WinkCredential or Get-WinkApplication, before you rotate again.",
            RotationOutcome.SecretLost when failure.IsClientIdReceived =>
                "The old credentials are revoked, and the valid ones are in the history of this process: Get-WinkCredentialRotation " +
                $"-ApplicationId {failure.Application.ApplicationId} -IncludeDoubtful returns them, in the runspace or over the " +
                "connection that received them. Try them with Test-WinkCredential and use them: another rotation would revoke them.",
            RotationOutcome.SecretLost when failure.MayStillTakeEffect =>
                "The old credentials are revoked. The repeated request may still take effect: wait some minutes and look again with " +
                "Get-WinkApplication. Then, if nobody else rotated this application, no one has the new secret: rotate it again, without " +
                "-CurrentCredential and -ExpectedClientId. If somebody did, theirs are the valid ones, and another rotation would revoke " +
                "them.",
            RotationOutcome.SecretLost =>
                "The old credentials are revoked. If nobody else rotated this application, no one has the new secret: rotate it again as " +
                "soon as you can, without -CurrentCredential and -ExpectedClientId. If somebody did, theirs are the valid ones, and " +
                "another rotation would revoke them.",
            _ =>
                "The old credentials may be revoked. Before anything else, find out: try them with Test-WinkCredential, or compare their " +
                "client ID with the one that the application has at Wink. If they are valid, wait some minutes and look again before you " +
                "rotate again; if they are refused, and nobody else rotated this application, the new secret is lost: rotate it again, " +
                "without -CurrentCredential and -ExpectedClientId.",
        });
    }

    public static ErrorRecord ApplicationNotFound(ApplicationReference application, WinkException cause) => Record(
        new InvalidOperationException(
            $"There is no {application}, or this token may not see it. The rotation was not sent. The look-up: {cause.Message}", cause),
        "ApplicationNotFound", ErrorCategory.ObjectNotFound, application,
        $"This command changed nothing. Check the ids and the environment: Get-WinkApplication lists what this connection sees. If they " +
        "are right, Wink may have moved the operation: this module knows version 30.49.0 of its API.");

    public static ErrorRecord OwnApplication(ApplicationReference application) => Record(
        new InvalidOperationException($"This session is signed in as {application}, so it was not rotated."),
        "OwnApplication", ErrorCategory.InvalidOperation, application,
        "Nothing was sent. With -IncludeSelf it is rotated, too: last, and then this session continues with the new credentials. " +
        "Whatever else signs in with the old ones fails until it has the new ones.");

    /// <param name="application">The application.</param>
    /// <param name="why">Why they are refused, in words, as a part of a sentence.</param>
    /// <param name="isRehearsed">Whether they were saved by the rehearsal before this was known.</param>
    public static ErrorRecord CurrentCredentialRefused(ApplicationReference application, string why, bool isRehearsed = false) =>
        CurrentCredentialRefused(
            application,
            why,
            (isRehearsed
                ? "The rehearsal of -RehearseSave may have put revoked credentials into the vault: save the valid ones. "
                : "What the vault holds may be revoked. ") +
            "Look for the valid credentials in Get-WinkCredentialRotation, in escrow and with whoever rotated the application, and save " +
            "them. If nobody has them, rotate without -CurrentCredential.");

    /// <summary>For credentials of which it could not be told whether they are valid.</summary>
    /// <param name="application">The application.</param>
    /// <param name="why">Why it could not be told, in words, as a part of a sentence.</param>
    public static ErrorRecord CurrentCredentialUntested(ApplicationReference application, string why) => CurrentCredentialRefused(
        application,
        why,
        "Nothing says that what the vault holds is revoked. Run this again when IAM responds and this connection can read the " +
        "application; -Verbose says why it could not.");

    private static ErrorRecord CurrentCredentialRefused(ApplicationReference application, string why, string advice) => Record(
        new InvalidOperationException($"The credentials of {application} were not rotated, and nothing was sent: {why}."),
        "CurrentCredentialRefused", ErrorCategory.InvalidOperation, application, advice);

    public static ErrorRecord SwitchRefused(string[] applicationIds, SwitchProblem problem) => SwitchRefused(
        applicationIds, problem.Reason, ErrorCategory.InvalidOperation, problem.WhatToDo);

    /// <param name="applicationIds">The two applications.</param>
    /// <param name="why">Why, in words, as a part of a sentence.</param>
    /// <param name="cause">What prevented that it could be told which one is in use.</param>
    public static ErrorRecord SwitchRefused(string[] applicationIds, string why, WinkException cause) => SwitchRefused(
        applicationIds, why, ErrorCategories.Of(cause),
        // Of -CurrentCredential, or of the connection.
        cause is WinkSignInException
            ? "Run it again later; if it still fails, connect again with Connect-Wink."
            : RecommendedActions.For(cause));

    private static ErrorRecord SwitchRefused(string[] applicationIds, string why, ErrorCategory category, string advice) => Record(
        new InvalidOperationException($"Nothing was rotated of applications {string.Join(" and ", applicationIds)}: {why}."),
        "SwitchRefused", category, applicationIds, $"This command changed nothing. {advice}");

    public static ErrorRecord SaveUnavailable(ApplicationReference application, string problem) => Record(
        new InvalidOperationException(
            $"The credentials of {application} were not rotated, and nothing was sent, since the rehearsal of -SaveWith failed: {problem}"),
        "SaveUnavailable", ErrorCategory.WriteError, application,
        "This command changed nothing at Wink: the credentials of -CurrentCredential were valid when IAM was asked, just before. Fix " +
        "what the message names, as by unlocking the vault. Where the block failed after it had written or removed something, look at " +
        "what the vault holds now, and save those of -CurrentCredential there, if Test-WinkCredential still accepts them. Then run this " +
        "again.");

    /// <param name="rotation">The rotation.</param>
    /// <param name="problem">Why they are not saved, in words, as a sentence.</param>
    /// <param name="where">Where a person finds the new credentials.</param>
    /// <param name="isStandby">Whether another application is in use, so that nothing fails meanwhile.</param>
    /// <param name="isStopped">Whether it is only written to the host, so that there is no record with a target.</param>
    public static ErrorRecord RotationNotSaved(
        CredentialRotation rotation, string problem, string where, bool isStandby, bool isStopped = false) => Record(
        new InvalidOperationException(
            $"{rotation.Subject} was rotated, but its new credentials were not saved by -SaveWith (client ID " +
            $"{TerminalText.OneLine(rotation.ClientId)}): {problem}"),
        "RotationNotSaved", ErrorCategory.WriteError, rotation,
        isStandby ? WhenStandbyIsNotSaved(rotation, where)
            : rotation.Verified is false
                ? "IAM refuses them: save them only when Test-WinkCredential accepts them. Where they are to be saved there may still be " +
                    $"the revoked ones. They are in {where}."
            : isStopped ? $"Where they are to be saved, the revoked ones may still be. Save them now: they are in {where}."
            : "Where they are to be saved, the revoked ones may still be. Save the Credential of this error's TargetObject now. " +
                $"It is also in {where}.");

    private static string WhenStandbyIsNotSaved(CredentialRotation rotation, string where) =>
        "The application in use was not touched: its credentials are as they were. " + (rotation.Verified is true
            ? "The new ones are valid, and they may have been saved even so. Look at what is saved. If that is not these, save them"
            : "Do not save the new ones before Test-WinkCredential accepts them. Then save them") +
        $" (they are in {where}), or remove them with Clear-WinkCredentialRotation; the next switch is refused until then.";

    private static ErrorRecord Precondition(RotationOutcomeException failure, WinkPreconditionException unmet) => unmet.Precondition switch
    {
        RotationPrecondition.ApplicationNotFound => ApplicationNotFound(failure.Application, unmet),
        RotationPrecondition.OwnApplication => OwnApplication(failure.Application),
        RotationPrecondition.UnexpectedClientId => Record(
            failure, "UnexpectedClientId", ErrorCategory.InvalidOperation, failure.Application, UnexpectedClientIdAdvice),
        RotationPrecondition.ChangedClientId => Record(
            failure, "UnexpectedClientId", ErrorCategory.InvalidOperation, failure.Application,
            "This command changed nothing. Somebody rotated the application since you were asked: find out who has its new credentials " +
            "before you rotate it again."),
        _ => RotationInProgress(failure.Application),
    };

    public static ErrorRecord RotationInProgress(ApplicationReference application) => Record(
        new InvalidOperationException(
            $"The rotation of {application} was not sent. This process is already rotating it, or saving its new " +
            "credentials."),
        "RotationInProgress", ErrorCategory.ResourceBusy, application,
        "Another command of this process, perhaps in another runspace or thread job, is rotating it. Wait for its result and use that: a " +
        "second rotation would revoke it.");

    private static string IdOf(RotationOutcome outcome) =>
        outcome == RotationOutcome.Unknown ? "RotationOutcomeUnknown" : $"Rotation{outcome}";

    /// <summary>For a response with credentials that may not be this application's: the message itself says where they are.</summary>
    private static ErrorRecord RotationDoubtful(RotationOutcomeException failure, CredentialRotation doubtful, string? escrowFile)
    {
        var escrow = escrowFile is { } file ? $", and so does the escrow file {file}" : "";
        var message = $"{failure.Message} Get-WinkCredentialRotation -ApplicationId {doubtful.RequestedFor} -IncludeDoubtful returns the " +
            $"received credentials{escrow}.";
        var old = failure.Outcome switch
        {
            RotationOutcome.NotConfirmed => "The old credentials were still valid then, but the request may still take effect.",
            RotationOutcome.SecretLost => "The old credentials are revoked.",
            _ when failure is { ClientId: { } now, PreviousClientId: { } before } && !ClientIdReading.AreSame(now, before) =>
                $"The old credentials (client ID {TerminalText.OneLine(before)}) are revoked.",
            _ => "The old credentials may be revoked.",
        };
        var advice =
            $"{old} Before anything else, try the old credentials and those that came with Test-WinkCredential, and compare their client " +
            "IDs with the one that the application has at Wink. If those that came are valid and the application's, save them. If " +
            "neither works, rotate it again, without -CurrentCredential and -ExpectedClientId.";
        var category = ErrorCategories.Of(failure.InnerException as WinkException);
        return Record(failure, IdOf(failure.Outcome), category, failure.Application, advice, message);
    }

    /// <param name="input">The application.</param>
    /// <param name="reason">Why, in words, as a part of a sentence.</param>
    /// <param name="isFirst">Whether it is the first one for this reason: a long batch should not repeat it for each application.</param>
    public static ErrorRecord RotationNotAttempted(RotationInput input, string reason, bool isFirst) => Record(
        new InvalidOperationException(isFirst
            ? $"The rotation of {input.Reference} was not attempted, since {reason}."
            : $"Not attempted either, and unchanged by this command: {input.Reference}."),
        "RotationNotAttempted", ErrorCategory.OperationStopped, input.ToPipe(),
        isFirst
            ? "Nothing was sent, so this changed nothing. Find out the reason first, then pipe the TargetObject of each such error to " +
                "Invoke-WinkCredentialRotation."
            : null);

    public static ErrorRecord RotationRepeated(ApplicationReference application) => Record(
        new InvalidOperationException(
            $"Application {ApplicationReference.Describe(application.Name, application.ApplicationId)} is in the input twice; only the " +
            "first is attempted."),
        "RotationRepeated", ErrorCategory.ResourceExists, application,
        "Nothing was sent for the second: it would revoke the credentials that the first one made. What became of the first, its own " +
        "result says. Remove the duplicate from the input.");

    public static ErrorRecord UnexpectedClientId(ApplicationReference application, string expected, string? found) => Record(
        new InvalidOperationException(found is null
            ? $"The client ID of {application} could not be read, so nothing was sent."
            : $"The client ID of {application} is {found}, not {expected}, so nothing was sent."),
        "UnexpectedClientId", ErrorCategory.InvalidOperation, application, UnexpectedClientIdAdvice);

    public static ErrorRecord ConfirmationUnavailable(ApplicationReference application, Exception cause) => Record(
        new InvalidOperationException($"Nobody is there to confirm the rotation of {application}, so nothing was sent.", cause),
        "ConfirmationUnavailable", ErrorCategory.InvalidOperation, application,
        "Where no person can answer, as in a runbook or a scheduled job, run it with -Confirm:$false.");

    /// <param name="askedBy">What made PowerShell ask; null where it did not ask and the host failed.</param>
    /// <param name="cause">The exception that was thrown in place of a choice.</param>
    /// <param name="soFar">What was done so far, in words.</param>
    /// <param name="unwritten">The messages that were not written to a stream, and on the host only if it has one.</param>
    public static ErrorRecord InquiryUnavailable(string? askedBy, Exception cause, string? soFar, IReadOnlyCollection<string> unwritten)
    {
        var (what, advice) = askedBy switch
        {
            null => (
                "The host could not show a line of this command, so the pipeline ended.",
                "Run it in a host that can show its streams."),
            "-Debug" => (
                $"With {askedBy}, PowerShell asks whether to go on, and nobody could answer, so the pipeline ended.",
                "Where no person can answer, leave -Debug out: $DebugPreference = 'Continue' shows the same lines and does not ask."),
            _ => (
                $"With {askedBy}, PowerShell asks whether to go on, and nobody could answer, so the pipeline ended.",
                $"Where no person can answer, leave {askedBy} out."),
        };
        var messages = unwritten.Count > 0 ? $"Messages: {string.Join(" ", unwritten)}" : null;
        return Record(
            new InvalidOperationException(string.Join(" ", new[] { what, soFar, messages }.OfType<string>()), cause),
            "InquiryUnavailable", ErrorCategory.InvalidOperation, null, advice);
    }

    public static ErrorRecord EscrowUnavailable(ApplicationReference application, Exception failure, string path) => Record(
        new InvalidOperationException(
            $"The credentials of {application} were not rotated and nothing was sent, since an escrow file could not be prepared in " +
            $"'{path}': {failure.Message}",
            failure),
        "EscrowUnavailable", ErrorCategory.WriteError, application,
        "The credentials are as they were. Give with -EscrowPath a folder of the file system that exists, may be written to and has " +
        "room, and with -EscrowCertificate a certificate that Protect-CmsMessage can encrypt to.");

    public static ErrorRecord EscrowFailed(CredentialRotation rotation, Exception failure) => Record(
        new InvalidOperationException(
            (rotation.Doubt is { } doubt
                ? $"{doubt} The credentials in it could not be written to escrow"
                : $"{rotation.Subject} was rotated, but its new credentials could not be written to escrow") +
            $": {failure.Message}",
            failure),
        "EscrowFailed", ErrorCategory.WriteError, rotation,
        rotation.Doubt is null
            ? "Get-WinkCredentialRotation returns the credentials. Do not rely on a copy in escrow: save them now."
            : $"Get-WinkCredentialRotation -ApplicationId {rotation.RequestedFor} -IncludeDoubtful returns the credentials. " +
                "Do not rely on a copy in escrow.");

    /// <param name="rotation">The rotation.</param>
    /// <param name="finished">Why IAM did not tell, where it did not.</param>
    /// <param name="where">Where a person finds the new credentials.</param>
    /// <param name="isStandby">Whether another application is in use, so that nothing fails meanwhile.</param>
    public static ErrorRecord NotVerified(CredentialRotation rotation, FinishedRotation finished, string where, bool isStandby)
    {
        var failure = finished.VerificationFailure;
        var (why, category) = (failure, rotation.Verified) switch
        {
            (not null, _) => (failure.Message, ErrorCategories.Of(failure)),
            (_, false) => (
                $"IAM refuses client ID {TerminalText.OneLine(rotation.ClientId)} and its secret.",
                ErrorCategory.AuthenticationError),
            _ when finished.Defect is { } defect => ($"there was an unexpected {defect.Name}.", ErrorCategory.NotSpecified),
            _ => ("the verification was cancelled before IAM had responded.", ErrorCategory.OperationStopped),
        };
        var saved = (rotation.Saved, rotation.Verified, isStandby) switch
        {
            (true, false, true) =>
                " They were valid before they were saved, and somebody may have rotated the application since. If they stay refused, " +
                "look at what is saved now: if that is refused, too, save those that were in use before, whose application was not " +
                "touched. Where nobody has valid ones, rotate one of the two with Invoke-WinkCredentialRotation and save what it returns.",
            (true, false, false) =>
                " They were saved. If they stay refused, the application was probably rotated again since: find out by whom, and save " +
                "the credentials of that rotation.",
            (true, _, _) => " They were saved.",
            _ => "",
        };
        return Record(
            new InvalidOperationException(
                $"{rotation.Subject} was rotated, but its new credentials were not verified: {why}", failure),
            "RotationNotVerified", category, rotation,
            $"The new credentials are in {where}. Keep them, and try them again with Test-WinkCredential.{saved}");
    }

    /// <param name="text">What was searched by.</param>
    /// <param name="isName">Whether it is a name; otherwise it is an id.</param>
    /// <param name="where">What was looked through, as the beginning of a sentence.</param>
    public static ErrorRecord ApplicationNotFound(string text, bool isName, string where) => NothingFound(
        "Application", $"{where} with the {(isName ? "name" : "id")}", text,
        isName
            ? $"Get-WinkApplication {Quoted($"*{text}*")} finds those that have it in their name, and -ApplicationId finds one by its " +
                "id. For the applications of a managing entity, give its id with -ManagingEntityId."
            : WhenIdIsNotFound("Application", text));

    /// <param name="text">What was searched by.</param>
    /// <param name="isName">Whether it is a name; otherwise it is an id.</param>
    /// <param name="type">The kind of managing entity that was read; null for all.</param>
    public static ErrorRecord ManagingEntityNotFound(string text, bool isName, string? type = null) => NothingFound(
        "ManagingEntity",
        $"This connection sees no managing entity {(type is null ? "" : $"of the type {TerminalText.OneLine(type)} ")}with the " +
        $"{(isName ? "name" : "id")}",
        text,
        isName
            ? $"Get-WinkManagingEntity {Quoted($"*{text}*")} finds those that have it in their name, and -ManagingEntityId finds one " +
                "by its id."
            : WhenIdIsNotFound("ManagingEntity", text));

    /// <param name="applicationId">The id of the application.</param>
    /// <param name="clientId">The client ID that one rotation gave it; null where any was meant.</param>
    public static ErrorRecord RotationNotFound(string applicationId, string? clientId = null) => NothingFound(
        "Rotation",
        $"The history has no rotation {(clientId is null ? "" : $"to client ID {TerminalText.OneLine(clientId)} ")}of an application " +
        "with the id",
        applicationId,
        WildcardPattern.ContainsWildcardCharacters(applicationId)
            ? "Wildcards are not allowed here: Get-WinkCredentialRotation returns all, for Where-Object to select from."
            : "Get-WinkCredentialRotation lists the rotations of this runspace; with -Connection, those made over a connection. " +
                "Credentials in doubt come only with -IncludeDoubtful.");

    /// <summary>For an id with wildcards: those are for names.</summary>
    public static ErrorRecord WildcardInId(string kind, string? id) => Record(
        new ItemNotFoundException(
            $"'{TerminalText.OneLine(id)}' is not an id: only letters, digits, '.', '_', '~' and '-' are allowed."),
        $"{kind}NotFound", ErrorCategory.ObjectNotFound, id, WhenIdIsNotFound(kind, id));

    /// <summary>For an id that Wink does not find.</summary>
    public static ErrorRecord NotFound(WinkApiException failure, string what, string kind, string id) => Record(
        failure, $"{kind}NotFound", ErrorCategory.ObjectNotFound, id,
        WhenIdIsNotFound(kind, id),
        $"Wink did not find the {what}, or this token may not see it. {failure.Message}");

    public static ErrorRecord NotRead(WinkException failure, string what, object? target) => Record(
        failure,
        "NotRead",
        ErrorCategories.Of(failure),
        target,
        RecommendedActions.For(failure),
        $"The {what} could not be read. {failure.Message}");

    public static ErrorRecord CredentialNotTested(WinkException failure, string clientId) => Record(
        failure, "CredentialNotTested", ErrorCategories.Of(failure), clientId,
        // The advice for a refused sign-in is about the connection's own credentials, which were not used here.
        "Whether these credentials are valid is not known. " +
        (failure is WinkSignInException ? "Run it again later." : RecommendedActions.For(failure)));

    private static string WhenIdIsNotFound(string kind, string? id) => WildcardPattern.ContainsWildcardCharacters(id ?? "")
        ? $"To search by name, use Get-Wink{kind} -Name {Quoted(id)}."
        : $"Check the id and the environment: Get-Wink{kind} lists what this connection sees.";

    /// <summary>A text as a person can type it.</summary>
    private static string Quoted(string? text) =>
        $"'{CodeGeneration.EscapeSingleQuotedStringContent(TerminalText.OneLine(text) ?? "")}'";

    private static ErrorRecord NothingFound(string kind, string what, string text, string advice) => Record(
        new ItemNotFoundException($"{what} '{TerminalText.OneLine(text)}'."),
        $"{kind}NotFound", ErrorCategory.ObjectNotFound, text, advice);

    private static ErrorRecord Record(
        Exception exception, string id, ErrorCategory category, object? target, string? advice, string? message = null) =>
        new(exception, id, category, target)
        {
            // As a line of its own below the message. PowerShell 7.4 prints no RecommendedAction, and later ones only in ConciseView.
            ErrorDetails = new ErrorDetails($"{message ?? exception.Message}{(advice is null ? "" : $"\n{advice}")}"),
        };
}
