namespace Wink.PowerShell.HostTests;

/// <summary>What a connection holds.</summary>
public sealed class ConnectTests : HostTestBase
{
    [Fact]
    public async Task A_connection_has_a_secret_of_its_own()
    {
        var batch = NewBatch(1);
        Operator.Password.Dispose();
        Sandbox.State.RevokeAllTokens();

        var ran = await RunAsync("$batch | Invoke-WinkCredentialRotation @rotation -Confirm:$false", null, batch);

        Assert.Empty(ran.Errors);
        AssertValid(ran.Rotations);
    }
}
