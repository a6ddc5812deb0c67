namespace Wink.Client;

/// <summary>A rotation gave no new pair. The inner exception says why.</summary>
public sealed class RotationOutcomeException : WinkException
{
    internal RotationOutcomeException(RotationOutcome outcome, ApplicationReference application, WinkException cause)
        : base($"{Sentence(outcome, application)} {cause.Message}", cause)
    {
        Outcome = outcome;
        Application = application;
    }

    /// <summary>How the rotation ended.</summary>
    public RotationOutcome Outcome { get; }

    /// <summary>The application whose credentials were to be rotated.</summary>
    public ApplicationReference Application { get; }

    private static string Sentence(RotationOutcome outcome, ApplicationReference application) => outcome switch
    {
        RotationOutcome.NotSent => $"The rotation of {application} was not sent.",
        RotationOutcome.Rejected => $"The rotation of {application} was refused.",
        _ => $"The rotation of {application} was sent, and its outcome is unknown.",
    };
}
