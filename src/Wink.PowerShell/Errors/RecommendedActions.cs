using System.Net;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>What to do about a failure.</summary>
internal static class RecommendedActions
{
    public static string For(WinkException? cause) => cause switch
    {
        WinkTransportException transport => For(transport.Failure),
        WinkSignInException => "Connect again with Connect-Wink: the credential of this connection no longer gets a token.",
        WinkApiException { StatusCode: HttpStatusCode.Unauthorized } => "The access token was refused: connect again with Connect-Wink.",
        WinkApiException { StatusCode: HttpStatusCode.Forbidden } =>
            "Connect with an application that may do this, and with the scope that it takes: account.read to look, account.write to " +
            "rotate.",
        WinkApiException { StatusCode: HttpStatusCode.NotFound } => "Check the ids and the environment.",
        WinkApiException { RetryAfter: { } wait } => $"Wait {wait.TotalSeconds:0} s, then run it again.",
        WinkApiException { StatusCode: HttpStatusCode.TooManyRequests } => "Wait a while, then run it again.",
        WinkApiException { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } =>
            "Correct what Wink names, or read the application with Get-WinkApplication to see what Wink says of it, then run it again.",
        WinkPreconditionException { Precondition: RotationPrecondition.OwnApplication } =>
            "With -IncludeSelf it is rotated, too: last, and then this session continues with the new credentials.",
        WinkSignedOutException => "Connect again with Connect-Wink.",
        _ => "Run it again later.",
    };

    /// <summary>After a rotation that Wink refused: what Wink says is not shown, as it may hold a secret.</summary>
    public static string ForRejected(WinkException? cause) => cause switch
    {
        WinkApiException { StatusCode: HttpStatusCode.NotFound } =>
            "Check the ids. If they are right, this token may not rotate it, or Wink may have moved the operation: this module knows " +
            "version 30.49.0 of Wink's API.",
        WinkApiException { RetryAfter: { } wait } =>
            $"Wait {wait.TotalSeconds:0} s, then run it again, or allow a longer wait with -MaximumWaitSec.",
        WinkApiException { StatusCode: not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests) } =>
            "See with Get-WinkApplication whether this connection sees the application, and ask Wink whether the operation has changed: " +
            "this module knows version 30.49.0 of Wink's API.",
        _ => For(cause),
    };

    private static string For(TransportFailure failure) => failure switch
    {
        TransportFailure.NameResolution => "Check the address and this machine's DNS.",
        TransportFailure.Connect => "Check the network, the address and whether a proxy is needed (-Proxy).",
        TransportFailure.Tls =>
            "Check the server's certificate and this machine's trust in it and its clock; certificates are always checked.",
        TransportFailure.Proxy => "Check -Proxy and -ProxyCredential.",
        TransportFailure.Timeout =>
            "Staging sleeps when unused and can take a minute to wake: run it again, or allow more time with Connect-Wink -TimeoutSec.",
        _ => "Check the network and the address, then run it again.",
    };
}
