using System.Management.Automation;
using System.Net;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Builds every error record: an id, a category, the application as target, and what to do now.</summary>
internal static class WinkErrors
{
    public static ErrorRecord NotConnected(WinkConnection? connection)
    {
        var (message, advice) = connection switch
        {
            null => ("This runspace is not connected to Wink.", "Run Connect-Wink first, or give a connection with -Connection."),
            { Client: null } => ($"The connection to {connection} is only a description, so nothing can be sent over it.", "Make one with Connect-Wink -PassThru."),
            _ => ($"The connection to {connection} was ended by Disconnect-Wink.", "Run Connect-Wink again."),
        };
        return Record(new InvalidOperationException(message), "NotConnected", ErrorCategory.ConnectionError, connection, advice);
    }

    public static ErrorRecord InvalidArgument(ArgumentException invalid, object? target) =>
        Record(invalid, "InvalidArgument", ErrorCategory.InvalidArgument, target, null);

    public static ErrorRecord SignInFailed(WinkException failure, WinkClientOptions options)
    {
        var (id, advice) = failure switch
        {
            WinkSignInException { Error: "invalid_client" } => ("CredentialRefused",
                "Check the client id, the secret and the environment. After a rotation only the newest pair works."),
            WinkSignInException { Error: "invalid_scope" } => ("ScopeNotGranted",
                "Ask for fewer scopes with -Scope, or have the application registered for these at Wink."),
            WinkSignInException => ("SignInFailed",
                $"Check that {options.Endpoints.Iam} is Wink's IAM; if it is, run Connect-Wink again later."),
            _ => ("IamUnreachable", TransportAdvice((WinkTransportException)failure)),
        };
        return Record(failure, id, Category(failure), options.Credential?.ClientId, $"You are not connected. {advice}");
    }

    public static ErrorRecord RotationFailed(RotationOutcomeException failure)
    {
        var cause = (WinkException)failure.InnerException!;
        var category = Category(cause);
        return failure.Outcome switch
        {
            RotationOutcome.NotSent => Record(failure, "RotationNotSent", category, failure.Application,
                $"The old pair is in force, and it is safe to run this again. {NextStep(cause)}"),
            RotationOutcome.Rejected => Record(failure, "RotationRejected", category, failure.Application,
                $"The old pair is in force. {NextStep(cause)}"),
            RotationOutcome.NotConfirmed => Record(failure, "RotationNotConfirmed", category, failure.Application,
                "As of then the old pair is in force, but a request still under way may yet change that. Wait a minute, try the old pair with " +
                "Test-WinkCredential, then run this again."),
            RotationOutcome.SecretLost => Record(failure, "RotationSecretLost", category, failure.Application,
                "The old pair is dead and nobody holds the new secret: run this again as soon as you can to get a pair that works."),
            _ => Record(failure, "RotationOutcomeUnknown", category, failure.Application,
                "The old pair may be dead. Before anything else, find out: try it with Test-WinkCredential, or compare the application's " +
                "client id at Wink with the one you have. If the old pair still works, nothing has changed so far; if it is refused, the new secret " +
                "is lost and another rotation, over a connection that still works, makes a good pair."),
        };
    }

    public static ErrorRecord UnexpectedClientId(ApplicationReference application, string expected, string? found) => Record(
        new InvalidOperationException(found is null
            ? $"The client id of {application} couldn't be read, so nothing was sent."
            : $"The client id of {application} is {found}, not {expected}, so nothing was sent."),
        "UnexpectedClientId", ErrorCategory.InvalidOperation, application,
        "The pair in force is unchanged. Somebody may have rotated it before you: find out who holds it, or leave -ExpectedClientId out.");

    public static ErrorRecord ConfirmationUnavailable(ApplicationReference application, Exception cause) => Record(
        new InvalidOperationException($"Nobody is there to confirm the rotation of {application}, so nothing was sent.", cause),
        "ConfirmationUnavailable", ErrorCategory.InvalidOperation, application,
        "Where no person can answer, as in a runbook or a scheduled job, run it with -Confirm:$false.");

    public static ErrorRecord EscrowUnavailable(Exception failure, string path) => Record(
        new InvalidOperationException($"The escrow file can't be written, so nothing was sent: {failure.Message}", failure),
        "EscrowUnavailable", ErrorCategory.WriteError, path, "The old pair is in force. Give with -EscrowPath a folder that exists, may be written to and has room.");

    public static ErrorRecord EscrowFailed(CredentialRotation rotation, Exception failure) => Record(
        new InvalidOperationException(
            $"Application {rotation.ApplicationId} was rotated, but its new pair could not be written to escrow: {failure.Message}", failure),
        "EscrowFailed", ErrorCategory.WriteError, rotation,
        "The new pair is in the output and in Get-WinkCredentialRotation, and nowhere else: store it now.");

    public static ErrorRecord NotVerified(CredentialRotation rotation, WinkException? cause) => Record(
        new InvalidOperationException(
            $"Application {rotation.ApplicationId} was rotated, but its new pair could not be verified: " +
            (cause?.Message ?? $"IAM refuses client id {rotation.ClientId} and its secret."), cause),
        "RotationNotVerified", cause is null ? ErrorCategory.AuthenticationError : Category(cause), rotation,
        "The new pair is in the output and in Get-WinkCredentialRotation. Keep it, and try it again with Test-WinkCredential.");

    public static ErrorRecord NotRead(WinkException failure, string what, object? target) => Record(
        failure, "NotRead", Category(failure), target, NextStep(failure), $"The {what} could not be read. {failure.Message}");

    public static ErrorRecord CredentialNotTested(WinkException failure, string clientId) => Record(
        failure, "CredentialNotTested", Category(failure), clientId, $"Whether the pair works is not known. {NextStep(failure)}");

    private static string NextStep(WinkException cause) => cause switch
    {
        WinkTransportException transport => TransportAdvice(transport),
        WinkSignInException => "Connect again with Connect-Wink: the credential of this connection no longer gets a token.",
        WinkApiException { StatusCode: HttpStatusCode.Unauthorized } => "The access token was refused: connect again with Connect-Wink.",
        WinkApiException { StatusCode: HttpStatusCode.Forbidden } =>
            "Connect with an application that may do this, and with the scope that it takes: account.read to look, account.write to rotate.",
        WinkApiException { StatusCode: HttpStatusCode.NotFound } => "Check the ids and the environment.",
        WinkApiException { RetryAfter: { } wait } => $"Wait {wait.TotalSeconds:0} s, then run it again.",
        WinkApiException { StatusCode: HttpStatusCode.TooManyRequests } => "Wait a while, then run it again.",
        WinkApiException { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => "Correct what Wink names, then run it again.",
        WinkSignedOutException => "Connect again with Connect-Wink.",
        _ => "Run it again later.",
    };

    private static string TransportAdvice(WinkTransportException transport) => transport.Failure switch
    {
        TransportFailure.NameResolution => "Check the address and this machine's DNS.",
        TransportFailure.Connect => "Check the network, the address and whether a proxy is needed (-Proxy).",
        TransportFailure.Tls => "Check the server's certificate and this machine's trust in it and its clock; certificates are always checked.",
        TransportFailure.Proxy => "Check -Proxy and -ProxyCredential.",
        TransportFailure.Timeout => "Staging sleeps when unused and can take a minute to wake: run it again, or allow more time with Connect-Wink -TimeoutSec.",
        _ => "Check the network and the address, then run it again.",
    };

    private static ErrorCategory Category(WinkException cause) => cause switch
    {
        WinkSignInException { Error: "invalid_scope" } => ErrorCategory.PermissionDenied,
        WinkSignInException { Error: not null } => ErrorCategory.AuthenticationError,
        WinkSignInException signIn => Category(signIn.StatusCode),
        WinkApiException api => Category(api.StatusCode),
        WinkTransportException { Failure: TransportFailure.Timeout } => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.ConnectionError,
    };

    private static ErrorCategory Category(HttpStatusCode status) => (int)status switch
    {
        401 => ErrorCategory.AuthenticationError,
        403 => ErrorCategory.PermissionDenied,
        404 => ErrorCategory.ObjectNotFound,
        429 => ErrorCategory.LimitsExceeded,
        >= 400 and < 500 => ErrorCategory.InvalidArgument,
        >= 500 => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.InvalidResult,
    };

    private static ErrorRecord Record(Exception exception, string id, ErrorCategory category, object? target, string? advice, string? message = null) =>
        new(exception, id, category, target)
        {
            // PowerShell prints the recommended action below the message, as a line of its own.
            ErrorDetails = new ErrorDetails(message ?? exception.Message) { RecommendedAction = advice },
        };
}
