namespace Wink.Client.Tests;

public sealed class NotActedFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(NotActedCells))]
    public Task A_rotation_ends_as_it_must(string cell) => EndsAsItMustAsync(cell);
}
