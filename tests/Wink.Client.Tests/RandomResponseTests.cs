using System.Globalization;
using System.Net;
using System.Text;
using Wink.Client.RestSharp;

namespace Wink.Client.Tests;

/// <summary>
/// Random responses. WINK_RANDOM_RESPONSES sets how many; a failure names the seed that reproduces it.
/// </summary>
public sealed class RandomResponseTests
{
    private static readonly int Count =
        int.TryParse(Environment.GetEnvironmentVariable("WINK_RANDOM_RESPONSES"), CultureInfo.InvariantCulture, out var count)
            ? count
            : 10_000;

    private static readonly ApplicationReference Application = new("travel-tech", "booking-engine");

    [Fact]
    public void Credentials_that_were_received_whole_are_never_lost()
    {
        for (var seed = 0; seed < Count; seed++)
        {
            var response = new RandomResponse(seed);
            var received = new Random(seed).Next(response.Bytes.Length + 1);

            Assert.True(response.IsIn(Find(response.Bytes)), $"The credentials of response {seed} were lost.");
            Assert.True(
                response.IsIn(Find(response.Bytes.AsSpan(0, received))) == (received >= response.WholeFrom),
                $"Response {seed}, cut after {received} bytes, was not read correctly.");
        }
    }

    [Fact]
    public void Damaged_bytes_do_no_harm_and_are_not_quoted()
    {
        for (var seed = 0; seed < Count; seed++)
        {
            var response = new RandomResponse(seed);
            var damaged = response.Damaged();

            _ = Find(damaged);
            var failure = new WinkApiException(HttpStatusCode.InternalServerError, new ServerText().ReadProblem(damaged));

            AssertNotQuoted(response, failure.ToString(), seed);
        }
    }

    [Fact]
    public async Task Over_a_socket_each_gives_its_credentials_or_an_outcome_and_is_sent_once()
    {
        await using var server = new RawServer();
        using var reads = new HttpTransport(
            HttpHandlerFactory.ForReads(null), http => new RestSharpPort(http), TimeSpan.FromSeconds(20), TimeProvider.System);
        using var rotations = new HttpTransport(
            HttpHandlerFactory.ForRotations(null), http => new RestSharpPort(http), TimeSpan.FromSeconds(20), TimeProvider.System);
        var options = new WinkClientOptions { AccessToken = new NetworkCredential("", "made-up-token").SecurePassword };
        var text = new ServerText();
        var tokenRequest = new TokenRequest(server.Uri, reads, text, TimeProvider.System);
        using var tokens = new AccessTokenProvider(tokenRequest, options, text.Secrets);
        var api = new ApiClient(server.Uri, reads, tokens, TimeProvider.System);
        var known = new KnownApplications(server.Uri, TimeProvider.System);
        var own = new OwnApplication(tokens, known, new CredentialTest(tokenRequest, TimeProvider.System), TimeProvider.System);
        var baseline = new Baseline(new AccountReader(api, text), own, known, TimeProvider.System);
        var judge = new ResponseJudge(api, known, text, TimeProvider.System);
        var request = new RotationSender(api, rotations, baseline, known, judge);
        var unread = new RotationParameters { MayRead = false };

        for (var seed = 0; seed < Count; seed++)
        {
            var response = new RandomResponse(seed);
            var body = seed % 2 == 0 ? response.Bytes : response.Damaged();
            var head = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
            byte[] whole = [.. Encoding.ASCII.GetBytes(head), .. body];
            var random = new Random(seed);
            var received = seed % 4 < 2 ? whole.Length : random.Next(whole.Length + 1);
            if (seed % 8 == 7)
                whole[random.Next(whole.Length)] = (byte)random.Next(256);

            server.RespondWith(whole[..received]);
            var attempt = await request.SendAsync(
                new RotationJob(Application, unread, Progress: null), firstSentAt: null, TestContext.Current.CancellationToken);

            AssertNotQuoted(response, $"{attempt}", seed);
            Assert.Equal(seed + 1, server.Requests);
            if (seed % 2 == 0)
            {
                Assert.True(
                    response.IsIn(Received(attempt)) == (received >= whole.Length - body.Length + response.WholeFrom),
                    $"The credentials of response {seed} were lost.");
            }
        }
    }

    private static RotatedCredential? Find(ReadOnlySpan<byte> bytes) =>
        RotationResponse.Find(bytes, Application, _ => false, DateTime.UtcNow) is [var best, ..] ? best : null;

    /// <summary>Short secrets occur in other text, too.</summary>
    private static void AssertNotQuoted(RandomResponse response, string text, int seed) => Assert.False(
        response.Secret.Length > 8 && text.Contains(response.Secret, StringComparison.Ordinal), $"Response {seed} was quoted.");

    private static RotatedCredential? Received(RotationAttempt attempt) => attempt switch
    {
        RotationAttempt.Rotated rotated => rotated.Credentials,
        RotationAttempt.Unclear { Received: [var best, ..] } => best,
        _ => null,
    };
}
