using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Wink.Client;

/// <summary>Reads managing entities and their applications.</summary>
internal sealed class AccountReader(ApiClient api, ServerText text)
{
    /// <inheritdoc cref="WinkClient.ListManagingEntitiesAsync"/>
    public Task ListManagingEntitiesAsync(
        string? type, Action<ManagingEntity> receive, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        ListAsync(ApiPath.ManagingEntities(type), text.Json.ManagingEntity, receive, progress, cancellationToken);

    /// <inheritdoc cref="WinkClient.ListApplicationsAsync"/>
    public Task ListApplicationsAsync(
        string managingEntityId, Action<Application> receive, IProgress<WinkEvent>? progress, CancellationToken cancellationToken) =>
        ListAsync(ApiPath.Applications(managingEntityId), text.Json.Application, receive, progress, cancellationToken);

    /// <inheritdoc cref="WinkClient.GetApplicationAsync"/>
    public async Task<Application> ReadApplicationAsync(
        ApplicationReference application, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        using var response = await api.ReadAsync(ApiPath.Application(application), readBody: null, progress, cancellationToken).ConfigureAwait(false);
        ThrowUnlessWhole(response, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(response.Body, text.Json.Application) ?? throw response.Failure(text);
        }
        catch (JsonException)
        {
            throw response.Failure(text);
        }
    }

    /// <summary>Hands on each element of an array as soon as its bytes are there, however long the array is.</summary>
    private async Task ListAsync<T>(
        string path, JsonTypeInfo<T> type, Action<T> receive, IProgress<WinkEvent>? progress, CancellationToken cancellationToken)
    {
        using var response = await api.ReadAsync(path, ReadBodyAsync, progress, cancellationToken).ConfigureAwait(false);
        ThrowUnlessWhole(response, cancellationToken);

        async Task ReadBodyAsync(Stream body, CancellationToken limit)
        {
            await foreach (var element in JsonSerializer.DeserializeAsyncEnumerable(body, type, limit).ConfigureAwait(false))
            {
                if (element is not null)
                    receive(element);
            }
        }
    }

    private void ThrowUnlessWhole(ApiResponse response, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!response.IsSuccess || response.BodyFailure is not null)
            throw response.Failure(text);
    }
}
