using System.Text.Json;

namespace Wink.Client;

/// <summary>Reads applications.</summary>
internal sealed class ApplicationReader(ApiClient api)
{
    /// <inheritdoc cref="WinkClient.GetApplicationAsync"/>
    public async Task<Application> ReadAsync(
        ApplicationReference application, IProgress<WinkEvent>? log, CancellationToken cancellationToken)
    {
        using var answer = await api.ReadAsync(ApiClient.ApplicationPath, application, log, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess || answer.BodyFailure is not null)
            throw answer.Failure();

        try
        {
            return JsonSerializer.Deserialize(answer.Body, WireJson.Default.Application) ?? throw answer.Failure();
        }
        catch (JsonException)
        {
            throw answer.Failure();
        }
    }
}
