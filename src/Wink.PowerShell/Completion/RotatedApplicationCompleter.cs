using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes the id of an application that was rotated. Nothing is sent for it, so it needs no connection.</summary>
internal sealed class RotatedApplicationCompleter : WinkCompleter
{
    private protected override IEnumerable<CompletionChoice> AllChoices(WinkConnection? named, IDictionary boundParameters) =>
        RotationHistory.Of(named).Rotations.DistinctBy(rotation => rotation.ApplicationId)
            .Select(rotation => new CompletionChoice(rotation.ApplicationId, rotation.ApplicationName));
}
