namespace Wink.Client.Tests;

public sealed class OtherFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(OtherCells))]
    public Task A_rotation_has_the_expected_outcome(string cell) => HasExpectedOutcomeAsync(cell);
}
