namespace Wink.Client.Tests;

public sealed class NotActedFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(NotActedCells))]
    public Task A_rotation_has_the_expected_outcome(string cell) => HasExpectedOutcomeAsync(cell);
}
