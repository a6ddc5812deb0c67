using System.Globalization;
using Wink.Sandbox;

namespace Wink.PowerShell.HostTests;

/// <summary>Each cell of the <see cref="FaultMatrix"/> in a batch: one application meets the fault while 15 others are in flight.</summary>
public sealed class FaultMatrixTests : HostTestBase
{
    private const int InFlight = 16;

    public static TheoryData<string> Cells() => [.. FaultMatrix.Cells.Keys];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Among_16_in_flight_it_has_the_expected_outcome_and_the_others_have_their_own_credentials(string cell)
    {
        await UseQuietTimeAsync();
        var (fault, outcome, requests, _) = FaultMatrix.Cells[cell];
        var batch = NewBatch(InFlight);
        var allInFlight = SeenAsync(Operation.Rotation, InFlight);
        AddFault(fault with { ApplicationId = "application-1", Until = allInFlight });
        AddFault(new Fault { Operation = Operation.Rotation, Until = allInFlight });
        RotationParameters["ThrottleLimit"] = InFlight;

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false", null, batch);

        Assert.Equal(outcome, Outcome(ran));
        // While others are let through, a refusal by rate does not end a rotation, up to ten times.
        var mayTryMore = cell == "429 each time" ? 11 - requests : 0;
        Assert.InRange(Sent().Count(id => id == "application-1"), requests, requests + mayTryMore);
        var others = Enumerable.Range(2, InFlight - 1)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"application-{number}"));
        Assert.Equal(
            others.Order(StringComparer.Ordinal), Applications(ran.Rotations.Where(rotation => rotation.ApplicationId != "application-1")));
        AssertValid(ran.Rotations);
    }

    private static string Outcome(Pipeline ran) => ran.Errors.Count == 0
        ? FaultMatrix.Rotated
        : ErrorId(ran.Errors[0]).Replace("RotationOutcome", "", StringComparison.Ordinal)
            .Replace("Rotation", "", StringComparison.Ordinal);
}
