using System.Text.Json.Serialization;

namespace Wink.Sandbox;

/// <summary>When a fault happens: before Wink acts on the request, or after it acted and before it responds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultMoment>))]
public enum FaultMoment
{
    BeforeActing,
    AfterActing,
}

/// <summary>Which connection to Wink is one response behind.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultLeg>))]
public enum FaultLeg
{
    /// <summary>The client's own connection.</summary>
    Connection,

    /// <summary>The one connection that a gateway shares between its clients.</summary>
    Upstream,
}

/// <summary>
/// A fault that a test adds in advance. Without <see cref="Raw"/>, <see cref="Status"/>, <see cref="Close"/> and <see cref="Reset"/> it
/// only delays the true response. What it sends may quote the true response, see <see cref="TrueResponse"/>.
/// </summary>
public sealed record Fault
{
    /// <summary>Where <see cref="Raw"/> has this, the server waits a moment before it sends what follows.</summary>
    public const string Pause = "{pause}";

    /// <summary>A rotation whose response is lost, since the connection is closed.</summary>
    /// <param name="moment">Whether Wink had acted by then.</param>
    public static Fault Lost(FaultMoment moment = FaultMoment.AfterActing) =>
        new() { Operation = Operation.Rotation, Moment = moment, Close = true };

    /// <summary>A rotation that Wink refuses with 429.</summary>
    /// <param name="retryAfter">The header Retry-After.</param>
    public static Fault RateLimited(string retryAfter) => new Fault { Operation = Operation.Rotation }.AsRateLimited(retryAfter);

    /// <summary>The same, with this 429 as the response.</summary>
    /// <inheritdoc cref="RateLimited"/>
    public Fault AsRateLimited(string retryAfter) =>
        this with { Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter } };

    /// <summary>The requests that it happens to.</summary>
    public required Operation Operation { get; init; }

    /// <summary>The only application that it happens to; null for all.</summary>
    public string? ApplicationId { get; init; }

    public FaultMoment Moment { get; init; } = FaultMoment.BeforeActing;

    /// <summary>How many requests it happens to.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>In this process only: what somebody else does before anything else happens, as a second operator.</summary>
    [JsonIgnore]
    public Action? Meanwhile { get; init; }

    /// <summary>In this process only: what somebody else does after Wink acted and before it responds.</summary>
    [JsonIgnore]
    public Action? Afterwards { get; init; }

    /// <summary>
    /// The delay before anything else happens, in milliseconds, or <see cref="Timeout.Infinite"/>; after <see cref="Until"/>.
    /// </summary>
    public int DelayMs { get; init; }

    /// <summary>Nothing else happens before this completes: a test in the same process holds the response until it releases it.</summary>
    [JsonIgnore]
    public Task Until { get; init; } = Task.CompletedTask;

    /// <summary>Whether a test's <see cref="QuietTime"/> goes on before <see cref="Until"/> completes.</summary>
    [JsonIgnore]
    public bool LetsTimePass { get; init; }

    /// <summary>Closes the connection without a response, by a FIN.</summary>
    public bool Close { get; init; }

    /// <summary>Resets the connection without a response.</summary>
    public bool Reset { get; init; }

    /// <summary>Responds with this status instead of the true response.</summary>
    public int? Status { get; init; }

    /// <summary>After the body of <see cref="Status"/>, sends nothing more and leaves the connection open.</summary>
    public bool Stall { get; init; }

    /// <summary>Writes these bytes (UTF-8) to the socket and closes it. They need not be HTTP. Not over TLS.</summary>
    public string? Raw { get; init; }

    public string? ContentType { get; init; }

    /// <summary>
    /// The content codings that are applied to <see cref="Body"/>, in this order: gzip, deflate, br, or bare-deflate for deflate data
    /// without the zlib format.
    /// </summary>
    public IReadOnlyList<string> Codings { get; init; } = [];

    /// <summary>Leaves <see cref="Codings"/> out of the Content-Encoding header.</summary>
    public bool HidesCodings { get; init; }

    /// <summary>Cuts so many bytes off the end of the coded body.</summary>
    public int Cut { get; init; }

    /// <summary>Changes so many bytes at the end of the coded body.</summary>
    public int Spoil { get; init; }

    /// <summary>Acts, and sends the response to the request before this one: the first response is sent twice.</summary>
    public FaultLeg? Behind { get; init; }

    /// <summary>Responds with the credentials that were valid before the request, as a cache would.</summary>
    public bool Replays { get; init; }

    public string Body { get; init; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
