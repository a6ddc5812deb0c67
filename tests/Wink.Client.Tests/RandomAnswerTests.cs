using System.Globalization;
using System.Net;

namespace Wink.Client.Tests;

/// <summary>Answers that nobody thought of. WINK_RANDOM_ANSWERS asks for more of them; a failure names the seed that makes it again.</summary>
public sealed class RandomAnswerTests
{
    private static readonly int Count =
        int.TryParse(Environment.GetEnvironmentVariable("WINK_RANDOM_ANSWERS"), CultureInfo.InvariantCulture, out var count) ? count : 10_000;

    [Fact]
    public void A_pair_that_was_received_whole_is_never_lost()
    {
        for (var seed = 0; seed < Count; seed++)
        {
            var answer = new RandomAnswer(seed);
            var received = new Random(seed).Next(answer.Bytes.Length + 1);

            Assert.True(answer.IsIn(RotationAnswer.Read(answer.Bytes)), $"The pair of answer {seed} was lost.");
            Assert.True(
                answer.IsIn(RotationAnswer.Read(answer.Bytes.AsSpan(0, received))) == (received >= answer.WholeFrom),
                $"Answer {seed}, cut after {received} bytes, was not read as it must.");
        }
    }

    [Fact]
    public void Damaged_bytes_do_no_harm_and_are_not_quoted()
    {
        for (var seed = 0; seed < Count; seed++)
        {
            var answer = new RandomAnswer(seed);
            var damaged = answer.Damaged();

            _ = RotationAnswer.Read(damaged);
            var failure = new WinkApiException(HttpStatusCode.InternalServerError, ProblemDetail.Read(damaged));

            Assert.False(answer.Secret.Length > 8 && failure.ToString().Contains(answer.Secret, StringComparison.Ordinal), $"Answer {seed} was quoted.");
        }
    }
}
