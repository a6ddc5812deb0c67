namespace Wink.Client;

/// <summary>A rotation gave no new credentials. The inner exception says why.</summary>
public sealed class RotationOutcomeException : WinkException
{
    /// <summary>Describes a rotation that gave no new credentials; public for tests of scripts.</summary>
    /// <param name="outcome">The outcome of the rotation.</param>
    /// <param name="managingEntityId">The id of the managing entity that owns the application.</param>
    /// <param name="applicationId">The application's id.</param>
    /// <exception cref="ArgumentException">An id has other characters than letters, digits, '.', '_', '~' and '-'.</exception>
    public RotationOutcomeException(RotationOutcome outcome, string managingEntityId, string applicationId)
        : base(Sentence(outcome, new ApplicationReference(managingEntityId, applicationId), clientId: null, DateTime.UtcNow))
    {
        Outcome = outcome;
        Application = new ApplicationReference(managingEntityId, applicationId);
        At = DateTime.UtcNow;
    }

    internal RotationOutcomeException(ApplicationReference application, RotationResult.Failed failed)
        : base(Text(application, failed), failed.Cause)
    {
        Outcome = failed.Outcome;
        Application = application;
        At = failed.At;
        PreviousClientId = failed.PreviousClientId;
        ClientId = failed.ClientId;
        Received = failed.Received;
        MayStillTakeEffect = failed.OfRepeat is RotationOutcome.NotConfirmed or RotationOutcome.Unknown;
        IsClientIdReceived = failed.IsClientIdReceived;
    }

    /// <summary>The outcome of the rotation.</summary>
    public RotationOutcome Outcome { get; }

    /// <summary>The application that was to be rotated.</summary>
    public ApplicationReference Application { get; }

    /// <summary>When the read was started that showed <see cref="ClientId"/>, or else when the outcome was known; UTC.</summary>
    public DateTime At { get; }

    /// <summary>The client ID that was read just before the rotation was, or was to be, sent; null where it was not read.</summary>
    public string? PreviousClientId { get; }

    /// <summary>The application's client ID as it was read afterwards; null where it was not read.</summary>
    public string? ClientId { get; }

    /// <summary>Credentials that were received, but are not known to be this application's; null where none were.</summary>
    public RotatedCredential? Received { get; }

    /// <summary>True when this process received credentials with <see cref="ClientId"/>, by this rotation or by another one.</summary>
    public bool IsClientIdReceived { get; }

    /// <summary>
    /// With <see cref="RotationOutcome.SecretLost"/>: true when the rotation was repeated, and the repeat had no usable response either and
    /// may still take effect.
    /// </summary>
    public bool MayStillTakeEffect { get; }

    private static string Text(ApplicationReference application, RotationResult.Failed failed)
    {
        var repeat = failed.OfRepeat switch
        {
            RotationOutcome.NotConfirmed => " It was repeated, and no effect of the repeat was seen.",
            RotationOutcome.Unknown => " It was repeated, and the outcome of the repeat is unknown.",
            _ => "",
        };
        var held = failed is { Outcome: RotationOutcome.SecretLost, IsClientIdReceived: true, Received: null }
            ? " This process has received credentials with that client ID, by another rotation."
            : "";
        var sentence = Sentence(failed.Outcome, application, failed.ClientId, failed.At, failed.Received is not null);
        var text = $"{sentence}{repeat}{held} {failed.Cause.Message}";
        return failed.Received is { ShownClientId: var received }
            ? $"{text} The response brought credentials (client ID {received}) that are not known to be the new ones of this application."
            : text;
    }

    private static string Sentence(
        RotationOutcome outcome, ApplicationReference application, string? clientId, DateTime at, bool isInDoubt = false)
    {
        var now = TerminalText.OneLine(clientId);
        var time = $"{at:HH:mm:ss} UTC";
        return outcome switch
        {
            RotationOutcome.NotSent => $"The rotation of {application} was not sent.",
            RotationOutcome.Rejected => $"Wink refused the rotation of {application}. " + (now is null
                ? "It was not checked whether anything changed."
                : $"Its client ID was still {now} at {time}."),
            RotationOutcome.NotConfirmed =>
                $"The rotation of {application} was sent, but no effect was seen by {time}" + (now is null
                    ? ": IAM still accepts its old credentials."
                    : $": its client ID was still {now}."),
            RotationOutcome.SecretLost =>
                $"The credentials of {application} were changed, by this rotation or by another one, and " +
                (isInDoubt ? "it is not known whether this rotation received the new secret" : "this rotation received no new secret") +
                $"{(now is null ? "." : $": a read at {time} showed client ID {now}.")}",
            _ =>
                $"The rotation of {application} was sent, and its outcome is unknown." +
                (now is null ? "" : $" A read at {time} showed client ID {now}."),
        };
    }
}
