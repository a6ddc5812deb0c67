using System.Net;
using System.Text;

namespace Wink.Client.Tests;

[Trait("Runtime", "Each")]
public sealed class RotationResponseTests
{
    private static readonly ApplicationReference Application = new("travel-tech", "app");

    [Theory]
    [InlineData("""{"id":"app","clientId":"new","secretKey":"made-up"}""", "app", "made-up")]
    [InlineData("\uFEFF{\"id\":\"app\",\"clientId\":\"new\",\"secretKey\":\"made-up\"}", "app", "made-up")]
    [InlineData(
        """{"secretKey":"m\u0061de\"\\\/\ud83d\ude00","clientId":"new","unknown":{"secretKey":"no"}}""", null, "made\"\\/\U0001F600")]
    [InlineData("""{"id":"another","clientId":"new","secretKey":"made-up \u00e4\t"}""", "another", "made-up ä\t")]
    [InlineData("""{"id":7,"clientId":"new","secretKey":"made-up"}""", null, "made-up")]
    public void Credentials_are_read_as_they_were_written(string body, string? id, string secret)
    {
        var rotated = Assert.Single(Find(body));

        Assert.Equal("new", rotated.Credential.ClientId);
        Assert.Equal(secret, Plain(rotated));
        Assert.Equal(id, rotated.ResponseApplicationId);
    }

    [Theory]
    [InlineData("""{"clientId":"new","secretKey":"made-up" """)]
    [InlineData("""{"clientId":"new","secretKey":"made-up","more":[1,2""")]
    [InlineData("""{"clientId":"new","secretKey":"made-up"}} rubbish""")]
    public void Credentials_that_arrived_whole_are_kept_though_the_rest_is_broken(string body) =>
        Assert.Equal("made-up", Plain(Find(body)[0]));

    [Theory]
    [InlineData("""[{"id":"app","clientId":"new","secretKey":"made-up"}]""")]
    [InlineData("""[[{"clientId":"new","secretKey":"made-up",}],]""")]
    [InlineData("""{"data":{"credentials":{"clientId":"new","secretKey":"made-up"}}}""")]
    [InlineData(")]}',\n{\"clientId\":\"new\",\"secretKey\":\"made-up\"}")]
    [InlineData("/* {a comment} */ // {another}\n{/* one more */\"clientId\":\"new\",\"secretKey\":\"made-up\"}")]
    [InlineData("<script>callback({\"clientId\":\"new\",\"secretKey\":\"made-up\"})</script>")]
    [InlineData("{{{\"clientId\":\"new\",\"secretKey\":\"made-up\"}")]
    [InlineData("""{"detail":"It was {\"clientId\":\"new\",\"secretKey\":\"made-up\"}."}""")]
    [InlineData("""{"ClientID":"new","SECRETKEY":"made-up"}""")]
    [InlineData(""" "{\"clientId\":\"new\",\"secretKey\":\"made-up\"}" """)]
    [InlineData("""["{\"clientId\":\"new\",\"secretKey\":\"made-up\"}"]""")]
    [InlineData("""{"\u0063lientId":"new","secret\u004bey":"made-up"}""")]
    [InlineData("""{"\ud800":1,"clientId":"new","\udfff":"\ud800","secretKey":"made-up","\ud800":{}}""")]
    [InlineData("""{"\ud800":{"clientId":"new","secretKey":"made-up"}}""")]
    public void Credentials_are_found_whatever_surrounds_them(string body) =>
        Assert.Equal("made-up", Plain(Find(body)[0]));

    [Theory]
    [InlineData("""[{"id":"another","clientId":"a","secretKey":"x"},{"id":"APP","clientId":"new","secretKey":"made-up"}]""")]
    [InlineData("""{"old":{"clientId":"a","secretKey":"x"},"id":"another","clientId":"new","secretKey":"made-up"}""")]
    [InlineData("""{"id":"another","clientId":"a","secretKey":"x","new":{"id":"app","clientId":"new","secretKey":"made-up"}}""")]
    [InlineData("""{"clientId":"new","secretKey":"made-up"}{"clientId":"a","secretKey":"x"}""")]
    [InlineData("""{"id":"another","clientId":"a","secretKey":"x"}{"id":"app","clientId":"new","secretKey":"made-up"}""")]
    public void Of_several_those_that_name_the_application_are_taken_and_else_the_outermost(string body) =>
        Assert.Equal("made-up", Plain(Find(body)[0]));

    [Fact]
    public void Of_several_those_with_a_new_client_ID_are_taken() => Assert.Equal("made-up", Plain(RotationResponse.Find(
        """{"previous":{"id":"app","clientId":"old","secretKey":"x"},"current":{"clientId":"new","secretKey":"made-up"}}"""u8,
        Application,
        clientId => clientId == "old",
        DateTime.UtcNow)[0]));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"clientId":"new"}""")]
    [InlineData("""{"secretKey":"made-up"}""")]
    [InlineData("""{"clientId":"new","secretKey":""}""")]
    [InlineData("""{"clientId":"new","secretKey":null}""")]
    [InlineData("""{"clientId":"new","secretKey":"   "}""")]
    [InlineData("""{"clientId":"new","secretKey":["made-up"]}""")]
    [InlineData("""{"clientId":" ","secretKey":"made-up"}""")]
    [InlineData("""{"clientId":"new","secretKey":"made-""")]
    [InlineData("""{"clientId":"new","secretKey":"\ud83d"}""")]
    [InlineData("""{"a":{"clientId":"new"},"b":{"secretKey":"made-up"}}""")]
    [InlineData("""{"clientId":"new","b":{"secretKey":"made-up"}}""")]
    public void A_response_without_whole_credentials_gives_none(string body) => Assert.Empty(Find(body));

    [Fact]
    public void A_secret_that_is_too_long_gives_no_credentials() =>
        Assert.Empty(Find($$"""{"clientId":"new","secretKey":"{{new string('x', 65537)}}"}"""));

    private static IReadOnlyList<RotatedCredential> Find(string body) =>
        RotationResponse.Find(Encoding.UTF8.GetBytes(body), Application, _ => false, DateTime.UtcNow);

    private static string Plain(RotatedCredential rotated) => new NetworkCredential("", rotated.Credential.Secret).Password;
}
