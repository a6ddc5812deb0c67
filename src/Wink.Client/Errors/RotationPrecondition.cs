namespace Wink.Client;

/// <summary>Why a rotation was not sent though Wink could be reached.</summary>
public enum RotationPrecondition
{
    /// <summary>Wink says that there is no such application, or none that this token may see.</summary>
    ApplicationNotFound,

    /// <summary>The application has another client ID than the expected one, or it could not be read.</summary>
    UnexpectedClientId,

    /// <summary>The application has another client ID than the person was shown, so somebody rotated it since.</summary>
    ChangedClientId,

    /// <summary>This process is already rotating the application.</summary>
    AlreadyInProgress,

    /// <summary>Wink refused the request (401, 429), and it could not be sent again.</summary>
    NotSentAgain,

    /// <summary>It is the application that is signed in, which was not to be rotated.</summary>
    OwnApplication,
}
