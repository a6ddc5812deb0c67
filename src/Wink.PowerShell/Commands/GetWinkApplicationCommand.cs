using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Finds applications by name or id, or lists all.</summary>
/// <remarks>
/// <para>
/// Without -ManagingEntityId the applications of all managing entities are read, one request for each, and each application comes out once.
/// With it, only those of these managing entities are.
/// </para>
/// <para>
/// A name without wildcards, or an id, that no application has is an error ApplicationNotFound, once all that could have it was read.
/// </para>
/// <para>
/// The objects bind to Invoke-WinkCredentialRotation, which then knows name and client ID without reading the application again; one that
/// is older than five seconds it reads again all the same.
/// </para>
/// <para>They come out as they arrive, however many there are, and Select-Object -First ends the reading.</para>
/// <note>Needs the scope account.read. The secret of an application is never part of it: Wink shows it only when it is made.</note>
/// </remarks>
/// <input cref="WinkManagingEntity"/>
/// <input cref="object">Any object with the property ManagingEntityId, and ApplicationId where one application is meant.</input>
/// <returns>
/// The applications: ApplicationId (or Id), ManagingEntityId, Name, ClientId, Scopes, OwnerId, OwnerName, RedirectUris,
/// PostLogoutRedirectUris, UserId, IconId.
/// </returns>
/// <example>
/// <title>By name</title>
/// <code>Get-WinkApplication 'Booking*'</code>
/// <para>Shows the applications whose name begins with Booking, of all managing entities.</para>
/// </example>
/// <example>
/// <title>Of one managing entity</title>
/// <code>Get-WinkApplication -ManagingEntityId travel-tech</code>
/// <para>Shows id, name and client ID of each.</para>
/// </example>
/// <example>
/// <title>All that an application has</title>
/// <code>Get-WinkApplication -ApplicationId booking-engine | Format-List</code>
/// <para>Shows also its owner, scopes and redirect addresses.</para>
/// </example>
/// <example>
/// <title>What would be rotated?</title>
/// <code>Get-WinkApplication 'Booking*' | Invoke-WinkCredentialRotation -WhatIf</code>
/// <para>Says for each application whose name begins with Booking what a rotation would do.</para>
/// </example>
/// <seealso cref="GetWinkManagingEntityCommand"/>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso>about_Wink</seealso>
[Cmdlet(VerbsCommon.Get, "WinkApplication")]
[OutputType(typeof(WinkApplication))]
public sealed class GetWinkApplicationCommand : ConnectedCmdlet
{
    // An application may be listed under several managing entities.
    private readonly HashSet<string> _written = new(StringComparer.OrdinalIgnoreCase);
    private NameSearch _names = new(null);
    private IdSearch? _givenIds;
    private bool _hasFailed;
    private bool _isOfSome;
    private bool _areIdsGiven;

    /// <summary>Only applications with one of these names. Wildcards are allowed; case doesn't matter. Tab completes it.</summary>
    [Parameter(Position = 0)]
    [TextListTransformation]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>
    /// Only applications of the managing entities with these ids; without it, those of all. Tab completes it by id or name.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [TextListTransformation(TakesManagingEntities = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string[]? ManagingEntityId { get; set; }

    /// <summary>Only the applications with these ids. Tab completes it by id or name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextListTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string[]? ApplicationId { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _names = new NameSearch(Name);
        // For all managing entities that come by the pipeline, not for each.
        _givenIds = ApplicationId is not null && MyInvocation.ExpectingInput ? new IdSearch(ApplicationId) : null;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(async (progress, cancellation) =>
    {
        _isOfSome |= ManagingEntityId is not null;
        _areIdsGiven |= ApplicationId is not null;
        if (_givenIds is null && ManagingEntityId is [var only] && ApplicationId is not null)
            await ReadEachAsync(only, ApplicationId, progress, cancellation);
        else if (_givenIds is null)
            WriteNotFound(await ListAsync(new IdSearch(ApplicationId), progress, cancellation));
        else if (!_givenIds.HasFoundAll)
            await ListAsync(_givenIds, progress, cancellation);
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_givenIds is not null)
            WriteNotFound(_givenIds);

        // What could not be read may have the name.
        foreach (var name in _hasFailed ? [] : _names.NotFound)
            Output.WriteOrDeferError(WinkErrors.ApplicationNotFound(name, isName: true, WhereNot(_areIdsGiven)));

        base.EndProcessing();
    }

    private async Task ReadEachAsync(
        string managingEntityId, string[] ids, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        foreach (var id in ids)
        {
            await TryAsync($"application {id} of managing entity {managingEntityId}", "Application", id, async () =>
            {
                var reference = new ApplicationReference(managingEntityId, id);
                var application = await Live.Client.GetApplicationAsync(reference, progress, cancellation);
                if (_names.Finds(application.Name))
                    Output.WriteObject(new WinkApplication(managingEntityId, Live, application));
            });
        }
    }

    /// <returns>The search, after all that could have these ids was read.</returns>
    private async Task<IdSearch> ListAsync(IdSearch ids, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        foreach (var managingEntityId in ManagingEntityId?.Distinct(StringComparer.OrdinalIgnoreCase) ?? [])
        {
            if (await ListAsync(managingEntityId, isOneOfAll: false, ids, progress, cancellation) == 0)
                await CheckManagingEntityAsync(managingEntityId, progress, cancellation);
        }

        if (ManagingEntityId is null)
        {
            await TryAsync("managing entities", "ManagingEntity", null, async () =>
            {
                await foreach (var entity in Live.Client.ListManagingEntitiesAsync(type: null, progress, cancellation))
                {
                    if (!ResourceIdentifier.IsValid(entity.Id))
                        LeaveOut(entity);
                    else if (!ids.HasFoundAll && !Output.HasDeferredError)
                        await ListAsync(entity.Id, isOneOfAll: true, ids, progress, cancellation);
                }
            });
        }

        return ids;
    }

    private void WriteNotFound(IdSearch ids)
    {
        foreach (var id in _hasFailed ? [] : ids.NotFound)
            Output.WriteOrDeferError(WinkErrors.ApplicationNotFound(id, isName: false, WhereNot(areIdsGiven: false)));
    }

    /// <summary>What was looked through, as the beginning of a sentence.</summary>
    private string WhereNot(bool areIdsGiven) => areIdsGiven ? "There is no application among the given ids"
        : _isOfSome ? "No managing entity that was given has an application"
        : "This connection sees no application";

    /// <returns>How many there are; null where they could not be read.</returns>
    private async Task<int?> ListAsync(
        string managingEntityId, bool isOneOfAll, IdSearch ids, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        var count = 0;
        var isRead = await TryAsync($"applications of managing entity {managingEntityId}", "ManagingEntity", managingEntityId, async () =>
        {
            await foreach (var application in Live.Client.ListApplicationsAsync(managingEntityId, progress, cancellation))
            {
                count++;
                if (!ResourceIdentifier.IsValid(application.Id))
                    LeaveOut(application);
                else if (ids.Finds(application.Id) && _names.Finds(application.Name) && (!isOneOfAll || _written.Add(application.Id)))
                    Output.WriteObject(new WinkApplication(managingEntityId, Live, application));
            }
        });
        return isRead ? count : null;
    }

    /// <summary>An id without applications may be mistyped.</summary>
    private Task<bool> CheckManagingEntityAsync(string id, IProgress<WinkEvent> progress, CancellationToken cancellation) =>
        TryAsync("managing entities", "ManagingEntity", null, async () =>
        {
            var search = new IdSearch([id]);
            await foreach (var entity in Live.Client.ListManagingEntitiesAsync(type: null, progress, cancellation))
                search.Finds(entity.Id);

            if (!search.HasFoundAll)
                Fail(WinkErrors.ManagingEntityNotFound(id, isName: false));
        });

    /// <param name="what">What is read, in words.</param>
    /// <param name="kind">What the id is the id of.</param>
    /// <param name="id">The id; null where there is none.</param>
    /// <param name="read">Reads it, and writes it to the pipeline.</param>
    /// <returns>Whether it was read.</returns>
    private async Task<bool> TryAsync(string what, string kind, string? id, Func<Task> read)
    {
        if (Output.HasDeferredError)
            return false;

        try
        {
            await read();
            return true;
        }
        catch (ArgumentException) when (WildcardPattern.ContainsWildcardCharacters(id ?? ""))
        {
            Fail(WinkErrors.WildcardInId(kind, id));
        }
        catch (ArgumentException invalid)
        {
            Fail(WinkErrors.InvalidArgument(invalid, id));
        }
        catch (WinkApiException failure) when (failure.IsNotFound && id is not null)
        {
            Fail(WinkErrors.NotFound(failure, what, kind, id));
        }
        catch (WinkException failure)
        {
            Fail(WinkErrors.NotRead(failure, what, id));
        }

        return false;
    }

    private void LeaveOut(ManagingEntity entity) => WarnOfId(
        $"The applications of managing entity '{TerminalText.OneLine(entity.Name)}' were not read", entity.Id);

    private void LeaveOut(Application application) =>
        WarnOfId($"Application '{TerminalText.OneLine(application.Name)}' was left out", application.Id);

    private void WarnOfId(string what, string? id)
    {
        _hasFailed = true;
        Output.WriteWarning($"{what}, since its id cannot be used: '{TerminalText.OneLine(id)}'.");
    }

    private void Fail(ErrorRecord error)
    {
        _hasFailed = true;
        Output.WriteOrDeferError(error);
    }
}
