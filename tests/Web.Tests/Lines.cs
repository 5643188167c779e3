using System.Collections.Concurrent;
using System.Diagnostics;
using MedTourism.TestKit;
using Microsoft.Extensions.Logging;

namespace MedTourism.Web.Tests;

/// <summary>Every line with its scopes, as a provider with IncludeScopes writes them.</summary>
internal sealed class Lines : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? scopes;

    public ConcurrentQueue<string> All { get; } = new();

    /// <summary>Every span that ends while the answer lives, with its tags.</summary>
    public static ActivityListener Spans(ConcurrentQueue<string> said)
    {
        var spans = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => said.Enqueue($"{activity.Source.Name} {activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(spans);
        return spans;
    }

    /// <summary>A request's span and last log line end after its answer has been read: wait until <paramref name="times"/> spans of the server told <paramref name="tag"/>.</summary>
    public static Task EndedAsync(ConcurrentQueue<string> said, string tag, int times = 1) => Eventually.That(
        () => said.Count(text => text.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) && text.Contains(tag, StringComparison.Ordinal)) >= times,
        $"No span told {tag}.");

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Line(Lines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => lines.scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var around = new List<string>();
            lines.scopes?.ForEachScope((scope, list) => list.Add($"{scope}"), around);
            lines.All.Enqueue($"{category}: {formatter(state, exception)} {exception} [{string.Join(" | ", around)}]");
        }
    }
}
