using System.Collections;

namespace Wink.PowerShell;

/// <summary>Completes the id of an application that was rotated over the connection.</summary>
internal sealed class RotatedApplicationCompleter : ConnectedCompleter
{
    private protected override IEnumerable<CompletionChoice> Choices(WinkConnection connection, IDictionary boundParameters) =>
        connection.Record.Rotations.DistinctBy(rotation => rotation.ApplicationId)
            .Select(rotation => new CompletionChoice(rotation.ApplicationId, rotation.ApplicationName));
}
