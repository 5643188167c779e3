using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MedTourism.Booking.Tests;

/// <summary>Everything a service logs, with its scopes, and every span while it lives.</summary>
internal sealed class Said : ILoggerProvider, ISupportExternalScope
{
    private readonly ActivityListener _spans;
    private IExternalScopeProvider? _scopes;

    public Said()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => All.Enqueue($"span {activity.Source.Name} {activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public ConcurrentQueue<string> All { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => _spans.Dispose();

    private sealed class Line(Said said, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => said._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var around = new List<string>();
            said._scopes?.ForEachScope((scope, list) => list.Add($"{scope}"), around);
            said.All.Enqueue($"{category}: {formatter(state, exception)} {exception} [{string.Join(" | ", around)}]");
        }
    }
}
