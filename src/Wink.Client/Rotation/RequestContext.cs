namespace Wink.Client;

/// <summary>One rotation request, as what comes back for it is judged.</summary>
/// <param name="Application">The application.</param>
/// <param name="FirstSentAt">When the rotation was first sent, as a timestamp: this may be its second request, after a refusal.</param>
/// <param name="SentAt">When this request was sent, as a timestamp.</param>
/// <param name="Ticket">The right to write it once, which also holds all that was received.</param>
internal sealed record RequestContext(ApplicationReference Application, long FirstSentAt, long SentAt, SendTicket Ticket);
