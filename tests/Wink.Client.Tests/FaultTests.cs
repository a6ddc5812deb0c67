namespace Wink.Client.Tests;

public sealed class FaultTests : FaultTestBase
{
    [Theory]
    [MemberData(nameof(AllCells))]
    public Task A_rotation_has_the_expected_outcome(string cell) => HasExpectedOutcomeAsync(cell);
}
