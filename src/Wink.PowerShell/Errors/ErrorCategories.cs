using System.Management.Automation;
using System.Net;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The error category of a failure.</summary>
internal static class ErrorCategories
{
    public static ErrorCategory Of(WinkException? cause) => cause switch
    {
        null => ErrorCategory.NotSpecified,
        WinkSignInException { Error: "invalid_scope" } => ErrorCategory.PermissionDenied,
        WinkSignInException { Error: not null } => ErrorCategory.AuthenticationError,
        WinkSignInException signIn => Of(signIn.StatusCode),
        WinkApiException api => Of(api.StatusCode),
        WinkPreconditionException => ErrorCategory.InvalidOperation,
        WinkTransportException { Failure: TransportFailure.Timeout } => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.ConnectionError,
    };

    private static ErrorCategory Of(HttpStatusCode status) => (int)status switch
    {
        401 => ErrorCategory.AuthenticationError,
        403 => ErrorCategory.PermissionDenied,
        404 => ErrorCategory.ObjectNotFound,
        429 => ErrorCategory.LimitsExceeded,
        >= 400 and < 500 => ErrorCategory.InvalidArgument,
        >= 500 => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.InvalidResult,
    };
}
