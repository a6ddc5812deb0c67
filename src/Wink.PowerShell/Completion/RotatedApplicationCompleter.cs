using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes the id of an application that was rotated. Nothing is sent for it, so it needs no connection.</summary>
internal sealed class RotatedApplicationCompleter : WinkCompleter
{
    private protected override IEnumerable<CompletionChoice?> AllChoices(WinkConnection? named, IDictionary boundParameters) =>
        RotationHistory.Of(named).Rotations.Select(rotation => CompletionChoice.OfId(rotation.ApplicationId, rotation.ApplicationName));
}
