using Wink.Client;

namespace Wink.PowerShell;

/// <summary>An application that is to be rotated.</summary>
/// <param name="reference">The application.</param>
/// <param name="input">What the pipeline brought of it, if it was an object of Get-WinkApplication.</param>
internal sealed class QueuedRotation(ApplicationReference reference, WinkApplication? input)
{
    public ApplicationReference Reference => reference;

    public WinkApplication? Input => input;

    /// <summary>The application as it was looked at; null until then.</summary>
    public Application? Application { get; set; }
}
