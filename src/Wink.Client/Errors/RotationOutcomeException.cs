namespace Wink.Client;

/// <summary>A rotation gave no new pair. The inner exception says why.</summary>
public sealed class RotationOutcomeException : WinkException
{
    /// <summary>Describes a rotation that gave no new pair; public for tests of scripts.</summary>
    /// <param name="outcome">How the rotation ended.</param>
    /// <param name="managingEntityId">The id of the managing entity that owns the application.</param>
    /// <param name="applicationId">The application's id.</param>
    /// <exception cref="ArgumentException">An id has other characters than letters, digits, '.', '_', '~' and '-'.</exception>
    public RotationOutcomeException(RotationOutcome outcome, string managingEntityId, string applicationId)
        : this(outcome, new ApplicationReference(managingEntityId, applicationId), cause: null)
    {
    }

    internal RotationOutcomeException(
        RotationOutcome outcome, ApplicationReference application, WinkException? cause, string? clientId = null, RotatedCredential? received = null)
        : base(string.Join(' ', new[] { Sentence(outcome, application, clientId), cause?.Message, Brought(received) }.OfType<string>()), cause)
    {
        Received = received;
        Outcome = outcome;
        Application = application;
        ClientId = clientId;
    }

    /// <summary>How the rotation ended.</summary>
    public RotationOutcome Outcome { get; }

    /// <summary>The application whose credentials were to be rotated.</summary>
    public ApplicationReference Application { get; }

    /// <summary>The application's client id as it was read afterwards; null where it wasn't read.</summary>
    public string? ClientId { get; }

    /// <summary>Credentials that came, but could not be taken for those of this application; null where none came.</summary>
    public RotatedCredential? Received { get; }

    /// <summary>Why there is no pair: the inner exception.</summary>
    internal WinkException Cause => (WinkException)InnerException!;

    private static string? Brought(RotatedCredential? received) => received is null
        ? null
        : $"The response brought credentials (client ID {received.ShownClientId}) that are not known to be the new ones of this application.";

    private static string Sentence(RotationOutcome outcome, ApplicationReference application, string? clientId) => outcome switch
    {
        RotationOutcome.NotSent => $"The rotation of {application} was not sent.",
        RotationOutcome.Rejected => $"The rotation of {application} was refused.",
        RotationOutcome.NotConfirmed =>
            $"The rotation of {application} was sent, but did not take effect: its client id is still {clientId} at {DateTime.UtcNow:HH:mm:ss} UTC.",
        RotationOutcome.SecretLost =>
            $"The rotation of {application} took effect, and the answer with its secret was lost: its client id is now {clientId}.",
        _ => $"The rotation of {application} was sent, and its outcome is unknown.{(clientId is null ? "" : $" Its client id is now {clientId}.")}",
    };
}
