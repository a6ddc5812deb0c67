using System.Globalization;
using System.Net;

namespace Wink.Client;

/// <summary>A request has completed. It contains nothing of headers or bodies, so that it can be shown.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Uri">The whole URI; Wink's URIs carry no secrets.</param>
/// <param name="Status">The response's status, or null where there was no response.</param>
/// <param name="Elapsed">From the request's start to the response's last byte, or to the failure.</param>
public sealed record RequestCompleted(string Method, Uri Uri, HttpStatusCode? Status, TimeSpan Elapsed) : WinkEvent
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Method} {Uri} -> {(Status is { } status ? (int)status : "no response")} in {Elapsed.TotalMilliseconds:0} ms");
}
