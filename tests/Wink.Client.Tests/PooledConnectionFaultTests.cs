namespace Wink.Client.Tests;

public sealed class PooledConnectionFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(AllCells))]
    public Task A_rotation_ends_as_it_must(string cell) => EndsAsItMustAsync(cell, pooled: true);
}
